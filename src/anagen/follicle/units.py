"""Types and the calendar of the follicle model."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.intp]
DAYS_PER_YEAR = 365.25
DAYS_PER_WEEK = 7
WEEKS_PER_YEAR = DAYS_PER_YEAR / DAYS_PER_WEEK
