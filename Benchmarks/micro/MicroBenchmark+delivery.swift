import ChorusCore
import NIOCore

extension MicroBenchmark {
    /// From publishing to the system calls, which are left out. An operation is a delivery: one message for one client.
    static let delivery = [
        delivering("to 1 client", allocations: 1.91),
        delivering("to 100 clients", allocations: 0.015, clients: 100),
        delivering("to 1,000 clients", allocations: 0.0025, clients: 1000),
        delivering("to 10,000 clients", allocations: 0.0002, operations: 1_000_000, clients: 10_000),
        delivering(
            "100 messages at once to 1,000 clients",
            allocations: 0.0005,
            operations: 1_000_000,
            messages: 100,
            clients: 1000
        ),
        delivering("to 1 client in each of 1,000 topics", allocations: 2, topics: 1000),
        delivering(
            "from 10 topics at once to 100 clients that follow all",
            allocations: 0.02,
            topics: 10,
            clients: 100
        ),
    ]

    /// - Parameters:
    ///   - topics: how many have something new at once. Who follows one follows all, but where there is one client:
    ///     then every topic has its own.
    ///   - messages: how many are new in each.
    private static func delivering(
        _ what: String,
        allocations: Double,
        operations: Int = 1000,
        topics: Int = 1,
        messages: Int = 1,
        clients: Int = 1
    ) -> MicroBenchmark {
        let deliveries = topics * messages * clients
        return MicroBenchmark("deliver: \(what)", allocations: allocations, operations: operations, perCall: deliveries)
        {
            let hub = BenchHub()
            let names = try (0..<topics).map { try TopicName("topic \($0)") }
            let sessions =
                clients > 1
                ? hub.open(clients, following: names) : names.flatMap { hub.open(1, following: [$0]) }
            return (hub: hub, names: names, sessions: sessions, message: Message(.text, Samples.text(128)))
        } body: { state in
            state.hub.deliver(deliveries * 132) {
                for name in state.names {
                    for _ in 0..<messages {
                        _ = state.hub.hub.publish(state.message, to: name, from: state.sessions[0])
                    }
                }
            }
        }
    }
}
