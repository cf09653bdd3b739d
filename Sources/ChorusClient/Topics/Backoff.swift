/// How long to wait before the next attempt: at random up to a bound that doubles with every failure ("full jitter"), so
/// that clients which lost their server together do not come back together.
public struct Backoff: Sendable {
    /// The bound of the first wait. Default 200 ms.
    public var base: Duration
    /// The highest bound. Default 10 seconds.
    public var cap: Duration
    private var failures = 0

    /// Makes one without failures.
    public init(base: Duration = .milliseconds(200), cap: Duration = .seconds(10)) {
        self.base = base
        self.cap = cap
    }

    /// The wait after one more failure.
    public mutating func next() -> Duration {
        failures = min(failures + 1, 30)
        let bound = min(cap, base * (1 << (failures - 1)))
        return bound * Double.random(in: 0...1)
    }

    /// An attempt has succeeded.
    public mutating func reset() { failures = 0 }
}
