import ChorusCore
import NIOCore
import Testing

@Suite("A hub's configuration")
struct ConfigurationTests {
    private static func changed(_ change: (inout Namespace) -> Void) -> Hub.Configuration {
        var namespace = Namespace("a", history: .last(10), latest: Latest())
        change(&namespace)
        return Hub.Configuration(namespaces: [namespace])
    }

    private static let broken: [(String, Hub.Configuration)] = [
        ("a colon", .init(namespaces: [Namespace("a:b")])),
        ("no name", .init(namespaces: [Namespace("")])),
        ("a control character", .init(namespaces: [Namespace("a\n")])),
        ("twice", .init(namespaces: [Namespace("a"), Namespace("b"), Namespace("a")])),
        ("history.count", changed { $0.history?.count = 0 }),
        ("history.bytes", changed { $0.history?.bytes = 0 }),
        ("history.age", changed { $0.history?.age = .zero }),
        ("history.latest", changed { $0.history?.latest = Latest() }),
        ("latest.keys", changed { $0.latest?.keys = 0 }),
        ("latest.bytes", changed { $0.latest?.bytes = -1 }),
        ("latest.age", changed { $0.latest?.age = .zero }),
        ("presence.grace", changed { $0.presence.grace = .seconds(-1) }),
        ("presence.interval", changed { $0.presence.interval = .seconds(-1) }),
        ("presence.listLimit", changed { $0.presence.listLimit = .max }),
        ("window.messages", changed { $0.window.messages = 0 }),
        ("window.bytes", changed { $0.window.bytes = 0 }),
        ("messageSize", changed { $0.messageSize = 0 }),
        ("the defaults", .init(defaults: changed { $0.messageSize = 0 }.namespaces[0])),
    ]

    @Test("what makes no sense is said", arguments: broken)
    func invalid(_ what: String, _ configuration: Hub.Configuration) {
        let error = #expect(throws: ChorusError.self) { try configuration.validate() }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test("what the initialisers make is valid, whatever they were given")
    func valid() throws {
        let extreme = Namespace(
            "a",
            history: History(count: -1, age: .seconds(-1), bytes: -1),
            latest: Latest(keys: -1, bytes: -1, age: .seconds(-1)),
            presence: PresenceOptions(grace: .seconds(-1), interval: .seconds(-1), listLimit: .max),
            window: Window(messages: -1, bytes: -1),
            messageSize: -1
        )
        try Hub.Configuration(defaults: extreme, namespaces: [extreme]).validate()
        #expect(PresenceOptions(listLimit: .max).listLimit == 10_000)
    }
}
