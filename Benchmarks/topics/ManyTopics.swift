import Chorus

/// A server for the benchmarks of many topics. It takes the paths of the floors (`Benchmarks/fanout/rawfan.c`): `/ws/7`
/// follows topic 7, `/many/990/50/1000` 50 topics from 990 on and after 999 from 0, and what a client of `/pub` sends
/// is published: `7|text` to topic 7. Topics keep what those of `chorus serve` keep.
///
///     ManyTopics PORT
@main
struct ManyTopics {
    static func main() async throws {
        let topics = Namespace(history: .last(1000, for: .minutes(10)), presence: true)
        let hub = Hub(configuration: .init(defaults: topics))
        let port = CommandLine.arguments.last.flatMap { Int($0) } ?? 8000
        let server = BroadcastServer(configuration: .init(port: port, eventLoops: 1), hub: hub)

        server.relayTopics()

        server.webSocket("/many/{first}/{count}/{all}") { client in
            let numbers = try ["first", "count", "all"].map { Int(try client.parameters.require($0)) ?? 1 }
            for number in numbers[0]..<numbers[0] + numbers[1] {
                try await hub.topic("\(number % numbers[2])").join(client)
            }
            for await _ in client.messages {}
        }

        server.onMessage("/pub") { client, message in
            let text = message.text
            guard let bar = text.firstIndex(of: "|"), let topic = try? hub.topic(String(text[..<bar])) else { return }
            client.publish(String(text[text.index(after: bar)...]), to: topic)
        }

        try await server.run()
    }
}
