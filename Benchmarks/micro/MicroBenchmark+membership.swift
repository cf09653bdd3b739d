import ChorusCore
import NIOCore

extension MicroBenchmark {
    /// Coming and going.
    static let membership = [
        joining("follow and leave a topic, beside 1,000 others", allocations: 1, Namespace(), others: 1000),
        joining("follow and leave a topic of one's own", allocations: 3, Namespace(), others: 0),
        joining(
            "follow and leave a topic with presence, beside 1,000",
            allocations: 1,
            Namespace(presence: true),
            others: 1000
        ),
        MicroBenchmark("session: open, follow a topic of 1,000, close", allocations: 2.01) {
            let state = try members(of: BenchHub(), count: 1000)
            // not at each operation: to ask for the names allocates
            let session = oneMore(state)
            precondition(session.topics == ["topic"])
            session.close()
            return state
        } body: { state in
            let session = oneMore(state)
            precondition(state.hub.hub.sessionCount == 1001)
            session.close()
            precondition(state.hub.hub.sessionCount == 1000)
        },
        comingBack("for the last 100 messages", allocations: 272.2, clients: 1),
        comingBack("for the last 100 messages, 1,000 at once", allocations: 6.3, clients: 1000),
        MicroBenchmark("presence: join and leave, beside 1,000", allocations: 0) {
            let presence = MemoryPresence(clock: { .uptimeNanoseconds(1_000_000_000) })
            let topic = try TopicName("topic")
            for number in 0..<1000 { presence.join(Member(id: "session \(number)"), to: topic, true) }
            return (presence: presence, topic: topic, member: Member(id: "one more session"))
        } body: { state in
            state.presence.join(state.member, to: state.topic, true)
            precondition(state.presence.memberCount == 1001)
            state.presence.leave(state.member.id, from: state.topic, true)
            precondition(state.presence.memberCount == 1000)
        },
    ]

    private typealias Members = (hub: BenchHub, topic: TopicName, sessions: [Session])

    private static func members(of hub: BenchHub, count: Int) throws -> Members {
        let topic = try TopicName("topic")
        let state = (hub: hub, topic: topic, sessions: hub.open(count, following: [topic]))
        hub.thread.run()
        return state
    }

    private static func oneMore(_ members: Members) -> Session {
        let session = members.hub.open()
        session.subscribe(to: .named(members.topic))
        return session
    }

    private static func joining(
        _ what: String,
        allocations: Double,
        _ options: Namespace,
        others: Int
    ) -> MicroBenchmark {
        let present = options.presence.isOn ? others + 1 : 0
        return MicroBenchmark("topic: \(what)", allocations: allocations) {
            let members = try members(of: BenchHub(options), count: others)
            return (members: members, session: members.hub.open())
        } body: { state in
            state.session.subscribe(to: .named(state.members.topic))
            precondition(state.members.hub.presence.memberCount == present)
            precondition(state.session.unsubscribe(from: "topic"))
        }
    }

    /// An operation is a client that was not there and is told what it has missed.
    private static func comingBack(_ what: String, allocations: Double, clients: Int) -> MicroBenchmark {
        MicroBenchmark("session: come back \(what)", allocations: allocations, perCall: clients) {
            let state = try members(of: BenchHub(Namespace(history: .last(1000))), count: 1)
            for _ in 0..<1000 {
                _ = state.hub.hub.publish(Message(.text, Samples.text(128)), to: state.topic, from: state.sessions[0])
            }
            state.hub.thread.run()
            return state
        } body: { state in
            let sessions = (0..<clients).map { _ in state.hub.open() }
            state.hub.deliver(clients * 100 * 132) {
                for session in sessions { session.subscribe(to: .named(state.topic), from: .last(100)) }
            }
            for session in sessions { session.close() }
        }
    }
}
