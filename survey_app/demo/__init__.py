"""The demonstration city: Jining's real areas with simulated sites, answers and indicator values.

Everything here is marked `demo`, shown as 演示数据 and removed by `clear`.
"""

from survey_app.demo.city import clear, is_loaded
from survey_app.demo.load import DemoReport, begin, drawn_anew, fill, load, unfilled

__all__ = ["DemoReport", "begin", "clear", "drawn_anew", "fill", "is_loaded", "load", "unfilled"]
