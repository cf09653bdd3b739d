extension BenchReport {
    /// For people: a few lines.
    package var text: String {
        let how = options.rate.map { "at \(Self.grouped($0)) a second" } ?? "\(options.inFlight) in flight"
        let latency = Self.percentiles.map { name, share in
            "\(name) \(Self.milliseconds(latencies.percentile(share)))"
        }
        var lines = [
            "connections  \(Self.grouped(options.connections)) in \(Self.fixed(openTime, 3)) s, "
                + "\(Self.rate(Double(options.connections), openTime))",
            "published    \(Self.grouped(published)) in \(Self.fixed(publishTime, 3)) s, "
                + "\(Self.rate(Double(published), publishTime)); \(Self.grouped(options.size)) bytes each, \(how)",
            "delivered    \(Self.grouped(deliveries)) in \(Self.fixed(deliveryTime, 3)) s, "
                + Self.rate(Double(deliveries), deliveryTime),
            "latency      " + (latency + ["max \(Self.milliseconds(latencies.maximum))"]).joined(separator: ", "),
            "lost         \(Self.grouped(lost))",
            "out of order \(Self.grouped(outOfOrder))",
        ]
        if ended > 0 { lines.append("ended early  \(Self.grouped(ended)) connection(s)") }
        if wasInterrupted { lines.append("interrupted") }
        return lines.joined(separator: "\n")
    }

    /// For programs: one line of JSON.
    package var json: String {
        let latency = Self.percentiles.map { name, share in
            "\"\(name)\":\(Self.fixed(Double(latencies.percentile(share)) / 1e3, 1))"
        }
        let fields = [
            "\"connections\":\(options.connections)",
            "\"connect_seconds\":\(Self.fixed(openTime, 6))",
            "\"connections_per_second\":\(Self.perSecond(Double(options.connections), openTime))",
            "\"publishers\":\(options.publishers)",
            "\"size\":\(options.size)",
            "\"published\":\(published)",
            "\"publish_seconds\":\(Self.fixed(publishTime, 6))",
            "\"published_per_second\":\(Self.perSecond(Double(published), publishTime))",
            "\"deliveries\":\(deliveries)",
            "\"delivery_seconds\":\(Self.fixed(deliveryTime, 6))",
            "\"deliveries_per_second\":\(Self.perSecond(Double(deliveries), deliveryTime))",
            "\"latency_us\":{\(latency.joined(separator: ",")),\"max\":\(Self.fixed(Double(latencies.maximum) / 1e3, 1))}",
            "\"lost\":\(lost)",
            "\"out_of_order\":\(outOfOrder)",
            "\"ended_early\":\(ended)",
            "\"interrupted\":\(wasInterrupted)",
        ]
        return "{\(fields.joined(separator: ","))}"
    }

    private static var percentiles: [(String, Double)] {
        [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999)]
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> String {
        fixed(Double(nanoseconds) / 1e6, 3) + " ms"
    }

    private static func rate(_ count: Double, _ seconds: Double) -> String {
        grouped(Double(perSecond(count, seconds))) + " a second"
    }

    private static func perSecond(_ count: Double, _ seconds: Double) -> Int {
        seconds > 0 ? Int((count / seconds).rounded()) : 0
    }

    private static func grouped(_ number: some BinaryInteger) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    private static func grouped(_ number: Double) -> String {
        number < 10 ? fixed(number, 2) : grouped(Int(number.rounded()))
    }

    /// With as many digits after the point; `String(format:)` would need all of Foundation.
    private static func fixed(_ number: Double, _ digits: Int) -> String {
        var scale = 1
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((number * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
