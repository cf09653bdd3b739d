extension Duration {
    /// Some seconds in words, such as `35 seconds` or `3 hours`, rounded.
    package static func words(seconds: Int64) -> String {
        let seconds = seconds.magnitude
        let (size, unit): (UInt64, String) =
            switch seconds {
            case ..<120: (1, "second")
            case ..<7200: (60, "minute")
            case ..<172_800: (3600, "hour")
            default: (86_400, "day")
            }
        let count = (seconds + size / 2) / size
        return count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
    }
}
