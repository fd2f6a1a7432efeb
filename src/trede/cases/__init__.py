"""Cases: worked examples as files of input and expected totals, calculated by the real engine and compared exactly."""
