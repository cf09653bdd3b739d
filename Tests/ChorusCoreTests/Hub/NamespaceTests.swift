import ChorusCore
import Testing

@Suite("Namespaces of topics")
struct NamespaceTests {
    @Test(
        "by the part before the colon, or the whole name, behind the private prefix; strictly, what has another is not known",
        arguments: [
            ("chat:1", "chat", "chat"), ("chat", "chat", "chat"), ("other", "", ""), ("none:1", "", nil),
            ("$chat:1", "chat", "chat"), ("$chat", "chat", "chat"), ("$none:1", "", nil), ("$", "", ""), (":", "", nil),
        ] as [(String, String, String?)]
    )
    func lookup(_ name: String, _ usual: String, _ strict: String?) throws {
        let topic = try TopicName(name)
        let open = Hub(configuration: .init(namespaces: [Namespace("chat")], privatePrefix: "$"))
        #expect(open.knows(topic) && open.namespace(of: topic).name == usual)
        let closed = Hub(
            configuration: .init(namespaces: [Namespace("chat")], allowsUnknownNamespaces: false, privatePrefix: "$")
        )
        #expect(closed.knows(topic) == (strict != nil))
        guard let strict else {
            let rules = closed.namespace(of: topic)
            #expect(rules.subscribers == .server && rules.publishers == .server && rules.history == nil)
            return
        }
        #expect(closed.namespace(of: topic).name == strict)
    }

    @Test("also when no namespace is configured, and after they were replaced")
    func strictness() throws {
        let hub = Hub(configuration: .init(allowsUnknownNamespaces: false))
        let (chat, other, bare) = try (TopicName("chat:1"), TopicName("none:1"), TopicName("chat"))
        #expect(!hub.knows(chat) && hub.knows(bare))
        try hub.reconfigure(defaults: Namespace(), namespaces: [Namespace("chat")])
        #expect(hub.knows(chat) && !hub.knows(other))
    }

    @Test("subscribers may publish, and nobody may subscribe because he is subscribed")
    func access() {
        #expect(Access.subscribers.includes(nil, isSubscribed: true))
        #expect(!Access.subscribers.includes("ann"))
        let configuration = Hub.Configuration(defaults: Namespace(subscribers: .subscribers))
        #expect(throws: ChorusError.self) { try configuration.validate() }
    }
}
