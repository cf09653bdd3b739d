import ChorusCore
import NIOCore
import Testing

@Suite("Messages that are not for everybody")
struct ExclusionTests {
    private let test = TestHub()

    @Test("a broadcast reaches everybody but the one who is left out")
    func broadcast() {
        let clients = (0..<3).map { _ in test.client(TestHub.everyone) }
        #expect(test.hub.broadcast("to all"))
        #expect(test.hub.broadcast("to the others", except: clients[1].session!.id))
        #expect(test.hub.broadcast("to all again"))
        test.run()
        for (index, client) in clients.enumerated() {
            let expected = index == 1 ? ["to all", "to all again"] : ["to all", "to the others", "to all again"]
            #expect(client.texts(of: "") == expected)
        }
    }

    @Test("wherever the message stands among others, whatever the transport does", arguments: 0..<64)
    func anywhere(_ pattern: Int) {
        for mode in [FakeTransport.Mode.direct, .queueing] {
            for room in [Int.max, 0, 1, 20, 50] {
                let client = test.client("a")
                client.mode = mode
                client.room = room
                var expected: [String] = []
                for bit in 0..<6 {
                    let isExcluded = pattern & 1 << bit != 0
                    test.publish("\(bit)", to: "a", except: isExcluded ? client.session!.id : nil)
                    if !isExcluded { expected.append("\(bit)") }
                }
                for _ in 0..<10 {
                    test.run()
                    test.flush(client)
                }
                test.publish("last", to: "a")
                test.run()
                client.room = .max
                for _ in 0..<3 {
                    test.flush(client)
                    test.run()
                }
                #expect(client.texts(of: "a") == expected + ["last"])
                #expect(client.violations.isEmpty)
                test.close(client)
            }
        }
    }

    @Test("a session that is left out of everything is written nothing, and is not behind")
    func everything() {
        let client = test.client("a")
        for text in texts(1...200) { test.publish(text, to: "a", except: client.session!.id) }
        test.run()
        #expect(client.writeCount == 0)
        #expect(test.executor.on { client.session!.hasEverything })
    }

    @Test("what a session is left out of costs it one write with all the rest")
    func oneWrite() {
        let client = test.client("a")
        for number in 0..<60 { test.publish("\(number)", to: "a", except: number % 2 == 0 ? client.session!.id : nil) }
        test.run()
        #expect(client.writeCount == 1)
        #expect(client.texts(of: "a").count == 30)
    }
}
