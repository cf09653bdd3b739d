import ChorusCore
import NIOCore
import Testing

@Suite("Other namespaces while a hub runs")
struct HubReconfigureTests {
    private func hub(_ namespace: Namespace) -> Hub {
        Hub(configuration: .init(defaults: Namespace(messageSize: 100), namespaces: [namespace]))
    }

    @Test("rules hold at once, for topics that somebody follows too")
    func rules() async throws {
        let hub = hub(Namespace("chat", publishers: .server))
        let topic = try TopicName("chat:1")
        let reader = hub.subscribe(to: topic)
        try hub.reconfigure(
            defaults: Namespace(),
            namespaces: [Namespace("chat", subscribers: .authenticated, payload: .json, messageSize: 3)]
        )
        let rules = hub.namespace(of: topic)
        #expect(rules.publishers == .anyone && rules.subscribers == .authenticated && rules.payload == .json)
        #expect(hub.configuration.namespaces.map(\.messageSize) == [3])
        #expect(hub.configuration.defaults.messageSize == nil)
        await #expect(throws: ChorusError.self) { try await hub.publish("long", to: topic) }
        try await hub.publish("hey", to: topic)
        try await hub.publish("as long as it likes", to: TopicName("other"))
        var messages = reader.makeAsyncIterator()
        #expect(try await messages.next()?.text == "hey")
    }

    @Test("what makes no sense changes nothing")
    func invalid() throws {
        let hub = hub(Namespace("chat", messageSize: 7))
        for namespaces in [[Namespace("a"), Namespace("a")], [Namespace("a:b")]] {
            let error = #expect(throws: ChorusError.self) {
                try hub.reconfigure(defaults: Namespace(messageSize: 1), namespaces: namespaces)
            }
            #expect(error?.code == .invalidConfiguration)
        }
        #expect(hub.namespace(of: try TopicName("chat")).messageSize == 7)
        #expect(hub.namespace(of: try TopicName("other")).messageSize == 100)
    }

    @Test("a history that there is becomes longer or shorter at once, and keeps its positions")
    func history() async throws {
        let hub = hub(Namespace("chat", history: .last(2)))
        let topic = try TopicName("chat")
        let reader = hub.subscribe(to: topic)
        for number in 0..<3 { try await hub.publish("\(number)", to: topic) }
        try hub.reconfigure(defaults: Namespace(), namespaces: [Namespace("chat", history: .last(4))])
        for number in 3..<6 { try await hub.publish("\(number)", to: topic) }
        let page = try await hub.history(of: topic, limit: 10)
        #expect(page.messages.map(\.text) == ["2", "3", "4", "5"])
        #expect(page.messages.map(\.position?.offset) == [3, 4, 5, 6])
        try hub.reconfigure(defaults: Namespace(), namespaces: [Namespace("chat", history: .last(1))])
        try await hub.publish("6", to: topic)
        #expect(try await hub.history(of: topic, limit: 10).messages.map(\.text) == ["6"])
        _ = reader
    }

    @Test("whether there is a history at all is as it was until nobody follows the topic any more")
    func kind() async throws {
        let hub = hub(Namespace("old", history: .last(5)))
        let topic = try TopicName("old")
        var reader: MessageStream? = hub.subscribe(to: topic)
        #expect(reader != nil)
        #expect(try await hub.publish("1", to: topic)?.offset == 1)
        try hub.reconfigure(defaults: Namespace(), namespaces: [Namespace("old")])
        #expect(try await hub.publish("2", to: topic)?.offset == 2)
        reader = nil
        #expect(try await hub.publish("3", to: topic) == nil)

        let other = try TopicName("new")
        var follower: MessageStream? = hub.subscribe(to: other)
        #expect(follower != nil)
        try hub.reconfigure(defaults: Namespace(), namespaces: [Namespace("new", history: .last(5))])
        #expect(try await hub.publish("1", to: other) == nil)
        follower = nil
        #expect(try await hub.publish("2", to: other)?.offset == 1)
    }
}
