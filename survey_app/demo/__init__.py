"""The demonstration city: Jining's real areas with simulated sites, answers and indicator values.

Everything here is marked `demo`, shown as 演示数据 and removed by `clear`.
"""

from survey_app.demo.city import clear, is_loaded
from survey_app.demo.load import DemoReport, load

__all__ = ["DemoReport", "clear", "is_loaded", "load"]
