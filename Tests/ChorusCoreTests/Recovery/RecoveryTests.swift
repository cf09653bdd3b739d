import ChorusCore
import NIOCore
import Testing

@Suite("Recovery")
struct RecoveryTests {
    private let test = TestHub(
        .init(namespaces: [Namespace("kept", history: .last(1000)), Namespace("few", history: .last(10))])
    )
    private let topic = "kept:1"

    private func publish(_ range: ClosedRange<Int>, to topic: String? = nil) {
        for text in texts(range) { test.publish(text, to: topic ?? self.topic) }
    }

    /// A position of the topic as it is now.
    private func offset(_ offset: UInt64, of topic: String? = nil) -> StartingPoint {
        .since(Position(epoch: test.position(of: topic ?? self.topic).epoch, offset: offset))
    }

    /// A client of `few:1` that has read a part of the past, and is ready to go on when something has happened meanwhile.
    private func outrun(from point: StartingPoint, meanwhile: () -> Void) -> FakeTransport {
        let client = test.client("few:1", from: point, hearsNotices: true)
        client.room = 30
        test.run()
        meanwhile()
        test.run()
        client.room = .max
        test.flush(client)
        test.run()
        return client
    }

    @Test(
        "who says what it has seen gets the rest, and then what is published",
        arguments: [0, 1, 63, 64, 65, 199, 200]
    )
    func since(_ seen: Int) {
        publish(1...200)
        let client = test.client(topic, from: offset(UInt64(seen)))
        test.run()
        publish(201...205)
        test.run()
        #expect(client.texts(of: topic) == texts(seen + 1...205))
        #expect(
            client.starts
                == [.recovering(from: Position(epoch: test.position(of: topic).epoch, offset: UInt64(seen)), edge: 200)]
        )
        #expect(test.counters.recoveries == 1)
    }

    @Test("who comes late gets the last messages, or all there are", arguments: [0, 1, 64, 100, 200, 500])
    func last(_ count: Int) {
        publish(1...200)
        let client = test.client(topic, from: .last(count))
        test.run()
        publish(201...202)
        test.run()
        #expect(client.texts(of: topic) == texts(max(1, 201 - count)...202))
    }

    @Test("also when less is kept")
    func lastOfFew() {
        publish(1...200, to: "few:1")
        let client = test.client("few:1", from: .last(50))
        test.run()
        #expect(client.texts(of: "few:1") == texts(191...200))
    }

    @Test("what is published between its coming and its turn is there once", arguments: [true, false])
    func seam(_ othersAreThere: Bool) {
        let other = othersAreThere ? test.client(topic) : nil
        publish(1...10)
        if othersAreThere { test.run() }
        publish(11...12)
        let client = test.client(topic, from: offset(5))
        publish(13...14)
        while test.executor.runNext() { if test.position(of: topic).offset < 60 { publish(15...15) } }
        test.run()
        let received = client.texts(of: topic)
        #expect(Array(received.prefix(9)) == texts(6...14))
        #expect(received.count == 55)
        if let other { #expect(other.texts(of: topic).count == 60) }
    }

    @Test("one that reads slowly is not hurried, and holds nothing back")
    func slow() {
        publish(1...500)
        let client = test.client(topic, from: offset(0))
        client.room = 100
        test.run()
        let live = test.client(topic)
        publish(501...600)
        test.run()
        #expect(live.texts(of: topic) == texts(501...600))
        #expect(test.hub.keptBytes <= 4 << 10)
        test.drip(client, bytes: 50, times: 3000)
        publish(601...602)
        test.run()
        #expect(client.texts(of: topic) == texts(1...602))
        #expect(client.violations.isEmpty)
    }

    @Test("what cannot be recovered is said where there is a way, and ends the session where there is none")
    func gap() {
        publish(1...200, to: "few:1")
        let here = test.position(of: "few:1")
        let lost = [
            Position(epoch: here.epoch, offset: 5), Position(epoch: here.epoch + 1, offset: 195),
            Position(epoch: here.epoch, offset: 201),
        ]
        for position in lost {
            let told = test.client("few:1", from: .since(position), hearsNotices: true)
            let ended = test.client("few:1", from: .since(position))
            test.run()
            #expect(told.starts == [.lost(upTo: here)])
            #expect(told.texts(of: "few:1").isEmpty)
            #expect(ended.ended == .unrecoverable(here))
            test.close(told)
        }
        // the oldest that is kept is 191
        let right = test.client("few:1", from: offset(190, of: "few:1"), hearsNotices: true)
        let wrong = test.client("few:1", from: offset(189, of: "few:1"), hearsNotices: true)
        test.run()
        publish(201...202, to: "few:1")
        test.run()
        #expect(right.texts(of: "few:1") == texts(191...202))
        #expect(right.starts == [.recovering(from: Position(epoch: here.epoch, offset: 190), edge: 200)])
        #expect(wrong.texts(of: "few:1") == texts(201...202))
        #expect(wrong.starts == [.lost(upTo: here)])
        #expect(test.counters.gaps == 7)
    }

    @Test("what is let go of while it is read is a gap too")
    func trimmedMeanwhile() {
        publish(1...10, to: "few:1")
        let client = outrun(from: offset(0, of: "few:1")) { publish(11...500, to: "few:1") }
        publish(501...502, to: "few:1")
        test.run()
        let epoch = test.position(of: "few:1").epoch
        let ends = [0, 500].map { Position(epoch: epoch, offset: $0) }
        #expect(client.starts == [.recovering(from: ends[0], edge: 10), .lost(upTo: ends[1])])
        #expect(client.texts(of: "few:1") == texts(1...10) + texts(501...502))
    }

    @Test("the past ends where the topic was, though its last messages are yet to be delivered")
    func edge() {
        let other = test.client(topic)
        publish(1...10)
        test.run()
        publish(11...12)
        let client = test.client(topic, from: offset(5), hearsNotices: true)
        test.run()
        let epoch = test.position(of: topic).epoch
        #expect(client.starts == [.recovering(from: Position(epoch: epoch, offset: 5), edge: 12)])
        #expect(client.texts(of: topic) == texts(6...12))
        #expect(other.texts(of: topic) == texts(1...12))
    }

    @Test(
        "who wants the last messages where something is lost is told of the gap, and gets them",
        arguments: [1, 4, 50]
    )
    func orLast(_ count: Int) {
        publish(1...200, to: "few:1")
        let epoch = test.position(of: "few:1").epoch
        let lost = [
            Position(epoch: epoch, offset: 5), Position(epoch: epoch + 1, offset: 195),
            Position(epoch: epoch, offset: 201),
        ]
        let clients = lost.map { test.client("few:1", from: .since($0, orLast: count), hearsNotices: true) }
        let ended = test.client("few:1", from: .since(lost[0], orLast: count))
        let whole = test.client(
            "few:1",
            from: .since(Position(epoch: epoch, offset: 192), orLast: count),
            hearsNotices: true
        )
        test.run()
        publish(201...202, to: "few:1")
        test.run()
        let first = max(191, 201 - count)
        for client in clients {
            #expect(client.starts == [.gap(upTo: Position(epoch: epoch, offset: UInt64(first - 1)), edge: 200)])
            #expect(client.texts(of: "few:1") == texts(first...202))
        }
        #expect(ended.ended == .unrecoverable(Position(epoch: epoch, offset: 200)))
        #expect(whole.starts == [.recovering(from: Position(epoch: epoch, offset: 192), edge: 200)])
        #expect(whole.texts(of: "few:1") == texts(193...202))
        #expect(test.counters.gaps == 4)
        #expect(test.counters.recoveries == 1)
    }

    @Test("also when it is let go of while it is read, and nothing comes twice", arguments: [3, 100])
    func orLastMeanwhile(_ count: Int) {
        publish(1...10, to: "few:1")
        let start = StartingPoint.since(Position(epoch: test.position(of: "few:1").epoch, offset: 0), orLast: count)
        let client = outrun(from: start) { publish(11...500, to: "few:1") }
        let epoch = test.position(of: "few:1").epoch
        let first = max(491, 501 - count)
        #expect(
            client.starts == [
                .recovering(from: Position(epoch: epoch, offset: 0), edge: 10),
                .gap(upTo: Position(epoch: epoch, offset: UInt64(first - 1)), edge: 500),
            ]
        )
        #expect(client.texts(of: "few:1") == texts(1...10) + texts(first...500))
    }

    @Test("also when the topic has become another one: of that it has seen nothing")
    func orLastOfAnother() {
        publish(1...200, to: "few:1")
        let epoch = test.position(of: "few:1").epoch
        let start = StartingPoint.since(Position(epoch: epoch, offset: 195), orLast: 100)
        let client = outrun(from: start) {
            test.loseStream(of: "few:1")
            publish(201...205, to: "few:1")
        }
        let other = test.position(of: "few:1").epoch
        #expect(
            client.starts == [
                .recovering(from: Position(epoch: epoch, offset: 195), edge: 200),
                .gap(upTo: Position(epoch: other, offset: 0), edge: 5),
            ]
        )
        #expect(Array(client.texts(of: "few:1").suffix(5)) == texts(201...205))
    }

    @Test("who begins with what is published from now on is told so, if it is told anything")
    func live() {
        let told = ["kept:1", "a"].map { test.client($0, hearsNotices: true) }
        let last = test.client("a", from: .last(5), hearsNotices: true)
        let untold = test.client("a")
        test.run()
        for client in told + [last] { #expect(client.starts == [.live]) }
        #expect(untold.starts.isEmpty)
    }

    @Test("a topic without history has no past")
    func without() {
        test.publish("early", to: "a")
        let last = test.client("a", from: .last(5))
        let since = test.client("a", from: .since(Position(epoch: 1, offset: 1)), hearsNotices: true)
        let ended = test.client("a", from: .since(Position(epoch: 1, offset: 1)))
        test.run()
        test.publish("late", to: "a")
        test.run()
        #expect(last.texts(of: "a") == ["late"])
        #expect(since.texts(of: "a") == ["late"])
        #expect(since.starts == [.lost(upTo: nil)])
        #expect(ended.ended == .unrecoverable(nil))
    }

    @Test("what skips history reaches those who are live, and no one later")
    func skipping() {
        let live = test.client(topic)
        publish(1...2)
        test.publish(Message("passing"), to: topic, PublishOptions(skipsHistory: true))
        publish(3...4)
        test.run()
        let client = test.client(topic, from: offset(1))
        test.run()
        #expect(live.texts(of: topic) == texts(1...2) + ["passing"] + texts(3...4))
        #expect(client.texts(of: topic) == texts(2...4))
    }

    @Test(
        "who has seen the newest message misses nothing when the history is removed, and others are told that they do"
    )
    func removed() {
        publish(1...100)
        let complete = offset(100)
        let incomplete = offset(99)
        let live = test.client(topic)
        test.run()
        test.removeHistory(of: topic)
        publish(101...102)
        let position = test.position(of: topic)
        let one = test.client(topic, from: complete, hearsNotices: true)
        let other = test.client(topic, from: incomplete, hearsNotices: true)
        let late = test.client(topic, from: .last(50))
        test.run()
        publish(103...103)
        test.run()
        #expect(live.texts(of: topic) == texts(101...103))
        #expect(one.texts(of: topic) == texts(101...103))
        #expect(one.starts == [.recovering(from: Position(epoch: position.epoch, offset: 100), edge: 102)])
        #expect(other.texts(of: topic) == texts(101...103))
        #expect(other.starts == [.gap(upTo: Position(epoch: position.epoch, offset: 100), edge: 102)])
        #expect(late.texts(of: topic) == texts(101...103))
    }

    @Test("a stream that was lost meanwhile is another one")
    func lost() {
        publish(1...100)
        let start = offset(10)
        let live = test.client(topic)
        test.run()
        test.loseStream(of: topic)
        publish(101...102)
        let client = test.client(topic, from: start, hearsNotices: true)
        test.run()
        publish(103...103)
        test.run()
        #expect(live.texts(of: topic) == texts(101...103))
        #expect(client.texts(of: topic) == texts(101...103))
        let epoch = test.position(of: topic).epoch
        #expect(client.starts == [.gap(upTo: Position(epoch: epoch, offset: 0), edge: 2)])
        let again = test.client(topic, from: offset(1))
        test.run()
        #expect(again.texts(of: topic) == texts(102...103))
    }

    @Test("many who recover at once read every page once")
    func many() {
        publish(1...300)
        let clients = (0..<50).map { number in test.client(topic, from: offset(UInt64(number * 2))) }
        test.run()
        for (number, client) in clients.enumerated() { #expect(client.texts(of: topic) == texts(number * 2 + 1...300)) }
        #expect(test.on { $0.encodedBytes } <= 4 << 10)
    }

    @Test("one that goes while it recovers leaves nothing behind")
    func leaving() {
        publish(1...300)
        let stays = test.client(topic, from: offset(0))
        let goes = test.client(topic, from: offset(0))
        let unsubscribes = test.client(topic, from: offset(0))
        test.executor.runNext()
        test.close(goes)
        test.executor.on { unsubscribes.session!.unsubscribe(from: topic) }
        test.run()
        #expect(stays.texts(of: topic) == texts(1...300))
        test.close(stays)
        test.run()
        #expect(test.hub.topicCount == 0)
        #expect(test.hub.keptBytes == 0)
        // the last of a topic goes while its page is under way
        let last = test.client(topic, from: offset(0))
        test.executor.runNext()
        test.close(last)
        test.run()
        #expect(test.hub.topicCount == 0)
    }
}
