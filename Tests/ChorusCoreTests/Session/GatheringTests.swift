import ChorusCore
import NIOCore
import Testing

@Suite("Sessions that follow several topics")
struct GatheringTests {
    private let test = TestHub()

    @Test("all topics that have something new reach a session in one write")
    func oneWrite() {
        let client = test.client("a", "b", "c", "d")
        for topic in ["a", "b", "c"] {
            for text in texts(1...3) { test.publish(text, to: topic) }
        }
        test.run()
        #expect(client.writeCount == 1)
        for topic in ["a", "b", "c"] { #expect(client.texts(of: topic) == texts(1...3)) }
    }

    @Test("a write that is cut anywhere loses nothing and doubles nothing", arguments: 0...130)
    func cut(_ room: Int) {
        for isImmediate in [false, true] {
            let client = test.client("a", "b", "c")
            client.room = room
            client.isImmediate = isImmediate
            for text in ["first", "second", "third"] {
                for topic in ["a", "b", "c"] { test.publish("\(text) of \(topic)", to: topic) }
            }
            test.run()
            client.room = .max
            test.flush(client)
            test.run()
            for topic in ["a", "b", "c"] {
                #expect(client.texts(of: topic) == ["first", "second", "third"].map { "\($0) of \(topic)" })
            }
            #expect(client.violations.isEmpty)
            test.close(client)
        }
    }

    @Test("a cut that reaches back over several segments finds them still there")
    func cutFarBack() {
        let client = test.client("a", "b")
        client.room = 100
        for text in texts(1...500) {
            test.publish(text, to: "a")
            test.publish(text, to: "b")
        }
        test.run()
        #expect(client.ended == nil)
        client.room = .max
        test.flush(client)
        test.run()
        #expect(client.texts(of: "a") == texts(1...500))
        #expect(client.texts(of: "b") == texts(1...500))
    }

    @Test("so does one while a topic has more than a pass takes")
    func manyPasses() {
        test.on { $0.limits.bytesPerPass = 1 }
        let client = test.client("a", "b")
        client.room = 5000
        for text in texts(1...500) {
            test.publish(text, to: "a")
            test.publish(text, to: "b")
        }
        test.run()
        #expect(client.ended == nil)
        client.room = .max
        test.flush(client)
        test.run()
        #expect(client.texts(of: "a") == texts(1...500))
        #expect(client.texts(of: "b") == texts(1...500))
    }

    @Test("what is for one session alone is never mixed with a rest", arguments: [0, 5, 30, 70])
    func excludedAmongOthers(_ room: Int) {
        let client = test.client("a", "b")
        client.room = room
        test.publish("a1", to: "a")
        test.publish("b1", to: "b")
        test.publish("not this", to: "b", except: client.session!.id)
        test.publish("b2", to: "b")
        test.publish("a2", to: "a")
        test.run()
        client.room = .max
        test.flush(client)
        test.run()
        #expect(client.texts(of: "a") == ["a1", "a2"])
        #expect(client.texts(of: "b") == ["b1", "b2"])
        #expect(client.violations.isEmpty)
    }
}
