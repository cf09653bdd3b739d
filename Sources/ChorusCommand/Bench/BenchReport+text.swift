import Histogram

extension BenchReport {
    static let percentiles = [("p50", 50.0), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("p99.99", 99.99)]

    /// For people: a few lines.
    package var text: String {
        var lines = [("connections", connectionsText)]
        if published > 0 || unpublished > 0 { lines.append(("published", publishedText)) }
        if answers.totalCount > 0 { lines.append(("answered", "after " + Self.text(answers))) }
        if published > 0 {
            let delivered = "\(Figure.grouped(deliveries)) in \(Figure.fixed(deliveryTime, 3)) s"
            lines.append(("delivered", "\(delivered), \(Figure.rate(deliveries, deliveryTime))"))
            lines.append(("latency", Self.text(latencies)))
        }
        lines += serverText.map { ("server", $0) }
        if benchTime > 0 { lines.append(("bench", benchText)) }
        lines += [
            ("lost", Figure.grouped(lost)), ("out of order", Figure.grouped(outOfOrder)),
            ("duplicates", Figure.grouped(duplicates)),
        ]
        if misdelivered > 0 { lines.append(("misdelivered", Figure.grouped(misdelivered))) }
        if ended > 0 { lines.append(("ended early", "\(Figure.grouped(ended)) connection(s)")) }
        if wasInterrupted { lines.append(("interrupted", "")) }
        return lines.map { name, text in
            text.isEmpty ? name : name + String(repeating: " ", count: 13 - name.count) + text
        }
        .joined(separator: "\n")
    }

    private var connectionsText: String {
        var text = "\(Figure.grouped(connections)) in \(Figure.fixed(openTime, 3)) s"
        if options.topics > 1 { text = "\(Figure.grouped(options.topics)) topics, " + text }
        text += ", \(Figure.rate(connections, openTime)); handshake p50 "
        text += "\(Figure.milliseconds(handshakes.valueAtPercentile(50))), p99 "
        text += "\(Figure.milliseconds(handshakes.valueAtPercentile(99))), max "
        return text + Figure.milliseconds(handshakes.maxRecorded)
    }

    private var publishedText: String {
        let how =
            if let rate = options.rate {
                "to be \(Figure.grouped(rate)) a second"
            } else if options.publishURL == nil {
                "\(Figure.grouped(options.window * options.publisherCount)) in flight"
            } else {
                "\(Figure.grouped(options.publisherCount)) request(s) at once"
            }
        var text = "\(Figure.grouped(published)) in \(Figure.fixed(publishTime, 3)) s, "
        text += "\(Figure.rate(published, publishTime)); \(Figure.grouped(options.size)) bytes each, \(how)"
        if unpublished > 0 { text += "; \(Figure.grouped(unpublished)) were due and not taken in time" }
        if refused > 0 { text += "; refused \(Figure.grouped(refused)) times for want of room" }
        if !isEchoed { text += "; publishers do not receive their own" }
        return text
    }

    private static func text(_ latencies: LatencyHistogram) -> String {
        let parts = percentiles.map { "\($0) \(Figure.milliseconds(latencies.valueAtPercentile($1)))" }
        return (parts + ["max \(Figure.milliseconds(latencies.maxRecorded))"]).joined(separator: ", ")
    }

    private var serverText: [String] {
        switch server {
        case .unknown(let reason): return ["not measured: \(reason)"]
        case .measured(let server):
            let names = server.processes.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
            let memory = Double(server.memoryConnected - server.memoryBefore)
            var time: [String] = []
            if server.publishTime > 0 { time.append("\(Figure.fixed(server.cores, 2)) cores") }
            // It is counted in hundredths of a second: of less there is nothing to be said.
            if deliveries > 0, server.publishProcessorTime >= 0.1 {
                time.append(
                    "\(Figure.fixed(server.publishProcessorTime * 1e6 / Double(deliveries), 2)) µs per delivery"
                )
            }
            if connections > 0, server.connectProcessorTime >= 0.1 {
                time.append(
                    "\(Figure.fixed(server.connectProcessorTime * 1e6 / Double(connections), 1)) µs per handshake"
                )
            }
            // What earlier clients have left is used again, so that nothing is to be seen of what these take.
            let each = memory > 0 ? " (\(Figure.bytes(memory / Double(connections))) each)" : ""
            return [
                time.isEmpty ? names : "\(names): \(time.joined(separator: ", "))",
                "memory \(Figure.bytes(Double(server.memoryBefore))), with all connections "
                    + "\(Figure.bytes(Double(server.memoryConnected)))\(each), "
                    + "at most \(Figure.bytes(Double(server.memoryMost)))",
            ]
        }
    }

    private var benchText: String {
        let loops = options.eventLoops
        let text = "\(Figure.fixed(benchCores, 2)) cores with \(loops) event loop\(loops == 1 ? "" : "s")"
        // Then it is not only the server that is measured.
        return isBenchBusy ? text + ": it was busy itself, see --event-loops" : text
    }

    /// Whether the bench has had hardly any time to spare.
    package var isBenchBusy: Bool { benchCores >= 0.9 * Double(options.eventLoops) }
}
