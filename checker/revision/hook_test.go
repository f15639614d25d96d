package revision

const hookOutput = "BREAKWATER_TEST_HOOK"

func runInHook(out string) int { return 0 }
