import NIOCore

/// Says once a second how far a run is.
struct ProgressTicker {
    private let name: String
    private let total: Double?
    private let begin: NIODeadline
    private var shown = NIODeadline.now()
    private var published: UInt64 = 0
    private var deliveries: UInt64 = 0

    init(_ name: String = "", _ phase: BenchPhase? = nil, _ begin: NIODeadline = .now()) {
        self.name = name.isEmpty ? "" : name + ": "
        total = phase.flatMap { $0.time.isFinite ? $0.time : nil }
        self.begin = begin
    }

    /// Whether a second has passed since it was the last time.
    var isDue: Bool {
        mutating get {
            guard NIODeadline.now() - shown >= TimeAmount.seconds(Int64(1)) else { return false }
            shown = .now()
            return true
        }
    }

    /// What has happened since the last line; nil if that was less than a second ago.
    mutating func line(_ counters: BenchCounters, at now: NIODeadline) -> String? {
        let seconds = Double((now - shown).nanoseconds) / 1e9
        guard isDue else { return nil }
        defer { (published, deliveries) = (counters.published, counters.deliveries) }
        let time = (now - begin).nanoseconds / 1_000_000_000
        let faults = counters.lost + counters.outOfOrder + counters.duplicates + counters.misdelivered
        let parts = [
            "\(name)\(time)" + (total.map { " of \(Int($0.rounded(.down)))" } ?? "") + " s",
            "published \(Figure.rate(counters.published - published, seconds))",
            "delivered \(Figure.rate(counters.deliveries - deliveries, seconds))",
            faults > 0 ? "lost, late or repeated \(Figure.grouped(faults))" : "",
            counters.ended > 0 ? "ended \(Figure.grouped(counters.ended))" : "",
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }
}
