/*
 * LD_PRELOAD for slirp(1). Its PPP side takes its own address from gethostbyname(hostname) and closes the link
 * when that is loopback, which it is on most machines without a fixed address. Here it is always 10.0.2.2, where
 * slirp's guests expect their host anyway.
 *
 * And where slirp listens for connections that are to reach its guest ("redir"), it does so on this computer's loopback
 * alone, instead of on every address that it has.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

int bind(int socket, const struct sockaddr *address, socklen_t length)
{
    static int (*next)(int, const struct sockaddr *, socklen_t);
    struct sockaddr_in own;
    int type = 0;
    socklen_t size = sizeof type;

    if (next == NULL)
        next = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");
    getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size);
    if (address->sa_family != AF_INET || type != SOCK_STREAM)
        return next(socket, address, length);
    memcpy(&own, address, sizeof own);
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return next(socket, (struct sockaddr *)&own, sizeof own);
}

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
