"""How old something is that came for a number of seconds, and when it should be replaced."""


class Lifetime:
    """The life of a token, from the moment this is made.

    expires_in: int, seconds in all.
    """

    def __init__(self, clock, expires_in: int, age: int = 0, due: "int | None" = None) -> None:
        """
        clock       the module cognito_mp.clock, or any object with its functions
        expires_in  seconds in all
        age         seconds that it has lived already
        due         the age, in seconds, at which it should be replaced; None for three quarters of its life
        """
        self._clock = clock
        self.expires_in = expires_in
        self._age = age
        self._wall = clock.now()
        self._ticks = clock.ticks_ms()
        # 65 to 85 %, so that a fleet does not move in step. Integers: small chips' floats have 24 bits.
        self._due = expires_in * (13 * 255 + 4 * clock.jitter()) // (20 * 255) if due is None else due

    def age(self) -> int:
        """Seconds since it came, by whichever of two counts ran further.

        The wall clock may be stepped, and the tick counter wraps (or stops in light sleep): either alone
        could make a dead token look alive, so the one that makes it older is believed.
        """
        clock = self._clock
        ticks = clock.ticks_diff(clock.ticks_ms(), self._ticks) // 1000
        return self._age + max(clock.now() - self._wall, ticks)

    def clock_was_set(self) -> None:
        """The wall clock has just been set: believe the ticks alone for the time until now."""
        clock = self._clock
        now = clock.ticks_ms()
        self._age += max(0, clock.ticks_diff(now, self._ticks) // 1000)
        self._wall = clock.now()
        self._ticks = now

    def until_due(self) -> int:
        """Seconds until it should be replaced; 0 when it should be now."""
        return max(0, min(self._due, self.expires_in) - self.age())

    def left(self) -> int:
        """Seconds that it is good for; 0 when it is dead."""
        return max(0, self.expires_in - self.age())

    def postpone(self, seconds: int) -> None:
        """It should be replaced in `seconds` from now, such as when a try has failed; 0 for at once."""
        self._due = self.age() + seconds
