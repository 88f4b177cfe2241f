"""Property tests here call compiled functions: the first call of a test compiles, so no call is held to a deadline."""

from hypothesis import settings

settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")
