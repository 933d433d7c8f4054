"""A believable demo world (演示数据), built through the same actions that people use."""
