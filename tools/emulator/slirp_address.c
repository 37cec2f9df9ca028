/*
 * LD_PRELOAD for slirp(1). Its PPP side takes its own address from gethostbyname(hostname) and closes the link
 * when that is loopback, which it is on most machines without a fixed address. Here it is always 10.0.2.2, where
 * slirp's guests expect their host anyway.
 */
#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>

struct hostent *gethostbyname(const char *name)
{
    static unsigned char address[4] = {10, 0, 2, 2};
    static char *addresses[] = {(char *)address, NULL};
    static char *aliases[] = {NULL};
    static char host[] = "slirp";
    static struct hostent answer = {host, aliases, AF_INET, sizeof address, addresses};

    (void)name;
    return &answer;
}
