import ChorusCore
import Testing

@Suite("Topic names")
struct TopicNameTests {
    @Test(
        "valid names",
        arguments: [
            "a", "lobby", "chat:room-7", ":", "a:b:c", "ticker:AAPL", "Zürich", "日本", "👩‍👩‍👧", "with space", "/x?y#z",
        ]
    )
    func valid(_ name: String) throws {
        #expect(try TopicName(name).description == name)
    }

    @Test(
        "names with control characters are refused",
        arguments: ["\0", "a\n", "\u{1F}", "a\u{7F}b", "\u{80}", "\u{9F}", "tab\t"]
    )
    func control(_ name: String) {
        expectRefused(name)
    }

    @Test("an empty name is refused")
    func empty() { expectRefused("") }

    @Test("255 bytes are allowed, 256 are not, and bytes are counted, not characters")
    func length() throws {
        #expect(try TopicName(String(repeating: "a", count: 255)).description.utf8.count == 255)
        expectRefused(String(repeating: "a", count: 256))
        #expect(try TopicName(String(repeating: "ü", count: 127)).description.utf8.count == 254)
        expectRefused(String(repeating: "ü", count: 128))
    }

    @Test("the namespace is what stands before the first colon")
    func namespace() throws {
        #expect(try TopicName("lobby").namespace == nil)
        #expect(try TopicName("chat:room:7").namespace == "chat")
        #expect(try TopicName(":x").namespace == "")
    }

    @Test("a topic is configured by its namespace, and otherwise by the defaults")
    func configured() throws {
        let test = TestHub(
            .init(
                defaults: Namespace(window: Window(messages: 100)),
                namespaces: [Namespace("small", window: Window(messages: 1))]
            )
        )
        let small = test.client("small:x")
        let other = test.client("smaller")
        for client in [small, other] { client.room = 0 }
        for topic in ["small:x", "smaller"] {
            for text in texts(1...100) { test.publish(text, to: topic) }
            test.run()
            test.publish("one more", to: topic)
            test.run()
        }
        #expect(small.ended == .overflow(nil))
        #expect(other.ended == nil)
    }

    private func expectRefused(_ name: String) {
        do throws(ChorusError) {
            _ = try TopicName(name)
            Issue.record("\(name.debugDescription) was taken")
        } catch {
            #expect(error.code == .invalidTopic)
        }
    }
}
