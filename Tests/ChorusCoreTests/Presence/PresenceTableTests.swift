import ChorusCore
import NIOCore
import Testing

@Suite("Presence of a topic")
struct PresenceTableTests {
    private let test = TestHub(
        .init(namespaces: [
            Namespace("room", history: .last(1000), presence: true),
            Namespace("users", presence: PresenceOptions(isPerUser: true)),
            Namespace("quiet", presence: PresenceOptions(isTold: false)),
            Namespace("small", presence: PresenceOptions(listLimit: 4)),
            Namespace("none"),
            Namespace("newest", latest: Latest(keys: 10), presence: true, overflow: .latest),
        ])
    )

    private func id(_ client: FakeTransport) -> String { client.session!.id.description }

    private func run() {
        test.run()
        test.wait(.milliseconds(100))
        test.run()
    }

    @Test("who comes is told who is there, and the others are told of it, in order with the messages")
    func order() {
        let first = test.client("room:1", hearsNotices: true)
        run()
        test.publish("one", to: "room:1")
        run()
        let second = test.client("room:1", hearsNotices: true, as: "ann")
        run()
        test.publish("two", to: "room:1")
        run()
        test.close(second)
        run()
        test.wait(.seconds(3))
        test.publish("three", to: "room:1")
        run()
        #expect(
            first.texts(of: "room:1") == [
                "=\(id(first)) 1/0", "+\(id(first)) 1/0", "one", "+\(id(second)) 2/1", "two", "-\(id(second)) 1/0",
                "three",
            ]
        )
        #expect(
            second.texts(of: "room:1") == ["=\(id(first)),\(id(second)) 2/1", "+\(id(second)) 2/1", "two"]
        )
    }

    @Test("clients whose format cannot say so are told nothing, and keep up")
    func noEnvelope() {
        let client = test.client("room:1", format: .textOnly)
        let others = (0..<5).map { _ in test.client("room:1", hearsNotices: true) }
        run()
        test.publish("hello", to: "room:1")
        for other in others { test.close(other) }
        run()
        #expect(client.texts(of: "room:1") == ["hello"])
        #expect(client.writeCount == 1)
        #expect(client.violations.isEmpty)
    }

    @Test("with users, one is told of once, however many sessions he has")
    func users() {
        let observer = test.client("users:1", hearsNotices: true)
        run()
        let sessions = (0..<3).map { _ in test.client("users:1", as: "ann") }
        run()
        test.close(sessions[0])
        test.close(sessions[2])
        test.wait(.seconds(10))
        run()
        test.close(sessions[1])
        test.wait(.seconds(3))
        run()
        let told = observer.texts(of: "users:1")
        #expect(Array(told.dropFirst(2)) == ["+@ann 2/1", "+ 4/1", "+ 2/1", "-@ann 1/0"])
    }

    @Test("a user who comes back soon has not left")
    func grace() async throws {
        let observer = test.client("room:1", hearsNotices: true)
        let first = test.client("room:1", as: "ann", info: #"{"a":1}"#)
        run()
        let before = observer.texts(of: "room:1").count
        test.close(first)
        test.wait(.milliseconds(2900))
        let count = try await test.hub.presenceCount(in: test.name("room:1"))
        #expect(count == PresenceCount(sessions: 2, users: 1, anonymous: 1))
        let second = test.client("room:1", as: "ann", info: #"{"a":1}"#)
        test.wait(.seconds(10))
        run()
        #expect(observer.texts(of: "room:1").count == before)
        #expect(try await test.hub.presence(in: test.name("room:1")).contains { $0.id == id(first) })
        // and when the second has gone, it is the one who was told of that has
        test.close(second)
        test.wait(.seconds(3))
        run()
        #expect(observer.texts(of: "room:1").last == "-\(id(first)) 1/0")
    }

    @Test("a user who comes back as another is told of")
    func changed() {
        let observer = test.client("room:1", hearsNotices: true)
        let first = test.client("room:1", as: "ann", info: "1")
        run()
        test.close(first)
        let second = test.client("room:1", as: "ann", info: "2")
        run()
        test.wait(.seconds(3))
        run()
        let told = observer.texts(of: "room:1")
        #expect(told.contains("+\(id(second)) 3/1"))
        #expect(told.last == "-\(id(first)) 2/1")
    }

    @Test("a session without a user leaves at once")
    func anonymous() async throws {
        let client = test.client("room:1")
        test.close(client)
        #expect(try await test.hub.presence(in: test.name("room:1")).isEmpty)
    }

    @Test("beyond the limit only numbers are told, and names again when there are few")
    func counts() {
        let observer = test.client("small:1", hearsNotices: true)
        run()
        var others: [FakeTransport] = []
        for _ in 0..<3 {
            others.append(test.client("small:1"))
            run()
        }
        for _ in 0..<20 { others.append(test.client("small:1")) }
        run()
        let crowd = observer.texts(of: "small:1")
        #expect(crowd.last == "=? 24/0")
        #expect(crowd.count < 10)
        let late = test.client("small:1", hearsNotices: true)
        run()
        #expect(late.texts(of: "small:1").first == "=? 24/0")
        // 3 of 4 is well below the limit
        for other in others.dropFirst() { test.close(other) }
        run()
        let names = [observer, others[0], late].map(id).sorted().joined(separator: ",")
        #expect(observer.texts(of: "small:1").last == "=\(names) 3/0")
    }

    @Test("what happens within an interval is told together, and what comes and goes in it not at all")
    func together() {
        let observer = test.client("room:1", hearsNotices: true)
        run()
        let kept = test.client("room:1")
        test.run()
        let brief = test.client("room:1")
        let late = test.client("room:1")
        test.close(brief)
        test.close(kept)
        run()
        #expect(
            Array(observer.texts(of: "room:1").suffix(3)) == [
                "+\(id(kept)) 2/0", "-\(id(kept)) 2/0", "+\(id(late)) 2/0",
            ]
        )
    }

    @Test("who recovers is told who is there when it is live")
    func recovery() {
        for text in texts(1...300) { test.publish(text, to: "room:1") }
        let client = test.client("room:1", from: .last(300), hearsNotices: true)
        run()
        test.publish("live", to: "room:1")
        run()
        let received = client.texts(of: "room:1")
        #expect(received == texts(1...300) + ["=\(id(client)) 1/0", "live"])
    }

    @Test("who is spared what is old is told again who is there")
    func latest() {
        let client = test.client("newest:1", hearsNotices: true)
        run()
        client.room = 0
        for text in texts(1...30) { test.publish(text, to: "newest:1", key: "k") }
        run()
        let other = test.client("newest:1")
        run()
        client.room = .max
        test.flush(client)
        run()
        let received = client.texts(of: "newest:1")
        #expect(received.contains("message 30"))
        #expect(received.count < 10)
        #expect(received.last == "=\([id(client), id(other)].sorted().joined(separator: ",")) 2/0")
    }

    @Test("where nobody is told, it is known all the same; where there is none, that is said")
    func quiet() async throws {
        let client = test.client("quiet:1", hearsNotices: true, as: "ann", info: "7")
        run()
        #expect(client.texts(of: "quiet:1").isEmpty)
        #expect(
            try await test.hub.presence(in: test.name("quiet:1")) == [
                Member(id: id(client), user: "ann", info: ByteBuffer(string: "7"))
            ]
        )
        let error = await #expect(throws: ChorusError.self) { try await test.hub.presence(in: test.name("none:1")) }
        #expect(error?.code == .noPresence)
        let tooMany = await #expect(throws: ChorusError.self) {
            try await test.hub.presence(in: test.name("quiet:1"), limit: 0)
        }
        #expect(tooMany?.code == .tooMany)
    }

    @Test("a topic that everybody has left is forgotten, and a program's reader sees messages only")
    func forgotten() async throws {
        let messages = test.hub.subscribe(to: test.name("room:1"))
        let client = test.client("room:1", as: "ann")
        run()
        test.publish("hi", to: "room:1")
        run()
        var iterator = messages.makeAsyncIterator()
        #expect(try await iterator.next()?.text == "hi")
        test.close(client)
        #expect(test.memberCount == 1)
        test.wait(.seconds(3))
        #expect(test.memberCount == 0)
        test.wait(.seconds(1))
        #expect(test.presenceTopics == 0)
    }
}
