import Histogram
import JSONWire
import NIOCore

extension BenchReport {
    /// For programs: one line of JSON.
    package var json: String {
        let object = ByteBuffer.jsonObject { json in
            json.field("url", options.url.withoutQuery)
            json.field("topics", options.topics)
            json.field("connections", connections)
            json.field("connect_seconds", json: Self.number(openTime, 6))
            json.field("connections_per_second", json: Self.number(Figure.perSecond(connections, openTime), 1))
            json.field("handshake_us", json: Self.json(handshakes))

            json.field("publishers", options.publisherCount)
            json.field("message_bytes", options.size)
            json.field("rate_per_second", json: options.rate.map { Self.number($0, 3) } ?? Self.null)
            json.field("in_flight", json: options.rate == nil ? Self.number(options.window) : Self.null)
            json.field("published", published)
            json.field("publish_seconds", json: Self.number(publishTime, 6))
            json.field("published_per_second", json: Self.number(Figure.perSecond(published, publishTime), 1))
            json.field("unpublished", unpublished)
            json.field("refused", refused)
            json.field("answer_us", json: options.publishURL == nil ? Self.null : Self.json(answers))

            json.field("deliveries", deliveries)
            json.field("delivery_seconds", json: Self.number(deliveryTime, 6))
            json.field("deliveries_per_second", json: Self.number(Figure.perSecond(deliveries, deliveryTime), 1))
            json.field("latency_us", json: Self.json(latencies))
            json.field("lost", lost)
            json.field("out_of_order", outOfOrder)
            json.field("duplicates", duplicates)
            json.field("misdelivered", misdelivered)
            json.field("ended_early", ended)

            json.field("server", json: serverJSON)
            json.field("bench_cores", json: Self.number(benchCores, 3))
            json.field("interrupted", wasInterrupted)
        }
        return String(buffer: object)
    }

    private var serverJSON: ByteBuffer {
        guard case .measured(let server) = server else { return Self.null }
        let perDelivery = deliveries > 0 ? server.publishProcessorTime * 1e6 / Double(deliveries) : 0
        return .jsonObject { json in
            json.field("pids", elements: server.processes.map { Self.number(Int($0.id)) })
            json.field("connect_cpu_seconds", json: Self.number(server.connectProcessorTime, 2))
            json.field("publish_cpu_seconds", json: Self.number(server.publishProcessorTime, 2))
            json.field("cpu_cores", json: Self.number(server.cores, 3))
            json.field("cpu_us_per_delivery", json: Self.number(perDelivery, 3))
            json.field("memory_before_bytes", server.memoryBefore)
            json.field("memory_connected_bytes", server.memoryConnected)
            json.field("memory_max_bytes", server.memoryMost)
        }
    }

    private static func json(_ latencies: LatencyHistogram) -> ByteBuffer {
        .jsonObject { json in
            for (name, percentile) in percentiles {
                json.field(name, json: number(Double(latencies.valueAtPercentile(percentile)) / 1e3, 1))
            }
            json.field("max", json: number(Double(latencies.maxRecorded) / 1e3, 1))
            json.field("mean", json: number(latencies.totalCount == 0 ? 0 : latencies.mean / 1e3, 1))
        }
    }

    private static var null: ByteBuffer { ByteBuffer(string: "null") }

    private static func number(_ value: Int) -> ByteBuffer { ByteBuffer(string: "\(value)") }

    private static func number(_ value: Double, _ digits: Int) -> ByteBuffer {
        ByteBuffer(string: Figure.fixed(value, digits))
    }
}
