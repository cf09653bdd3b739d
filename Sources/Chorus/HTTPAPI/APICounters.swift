import CoreMetrics

/// What the HTTP API counts: requests and errors, by method.
struct APICounters: Sendable {
    private let requests: [String: Counter]
    private let errors: [String: Counter]
    /// Requests of those who may not, or that are none.
    private let refused: Counter

    init(_ metrics: any MetricsFactory) {
        func counters(_ label: String) -> [String: Counter] {
            let methods = APIMethod.all.map(\.name)
            let counters = methods.map { Counter(label: label, dimensions: [("method", $0)], factory: metrics) }
            return Dictionary(uniqueKeysWithValues: zip(methods, counters))
        }
        requests = counters("chorus.api.requests")
        errors = counters("chorus.api.errors")
        refused = Counter(label: "chorus.api.refused", factory: metrics)
    }

    /// Within a `batch` every command counts.
    func count(_ method: APIMethod, isError: Bool) {
        requests[method.name]?.increment()
        if isError { errors[method.name]?.increment() }
    }

    func refuse() { refused.increment() }
}
