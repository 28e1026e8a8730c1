"""The source screen: two lanes' nets, line by line, with what each line costs."""
