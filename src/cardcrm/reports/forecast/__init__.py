"""Forecasts of monthly figures: the series, the methods, their backtest and the band."""
