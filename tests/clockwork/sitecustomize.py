"""Read by every Python process that runs under faketime: time.sleep, which that one (0.9.10) makes fail.

Python sleeps until a moment of the monotonic clock; faketime takes that for a faked one, even if told not to.
"""

import select
import time

time.sleep = lambda seconds: select.select((), (), (), seconds) and None
