import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import Synchronization
import Testing

@Suite("Revocations")
struct RevocationTests {
    private final class Clock: Sendable {
        private let time = Mutex<Int64>(1000)

        var now: @Sendable () -> Int64 { { self.time.withLock { $0 } } }

        func set(_ time: Int64) { self.time.withLock { $0 = time } }
    }

    private let clock = Clock()

    private func list(capacity: Int = 100) -> Revocations { Revocations(capacity: capacity, now: clock.now) }

    private func isRevoked(_ list: Revocations, _ token: ConnectionToken) -> Bool {
        do throws(TokenRefusal) {
            try list.check(token)
            return false
        } catch {
            return error.code == .revoked
        }
    }

    private func isRevoked(_ list: Revocations, _ token: SubscriptionToken) -> Bool {
        do throws(TokenRefusal) {
            try list.check(token)
            return false
        } catch {
            return error.code == .revoked
        }
    }

    @Test("a token is revoked by its name, until it would have ended")
    func byName() throws {
        let list = list()
        let token = ConnectionToken(user: "ann", id: "x")
        #expect(!isRevoked(list, token))
        try list.revoke(token: "x", until: 1100)
        #expect(isRevoked(list, token))
        #expect(isRevoked(list, SubscriptionToken(user: "ann", topic: "a", id: "x")))
        #expect(!isRevoked(list, ConnectionToken(user: "ann", id: "X")))
        #expect(!isRevoked(list, ConnectionToken(user: "ann")))
        clock.set(1099)
        #expect(isRevoked(list, token))
        clock.set(1100)
        #expect(!isRevoked(list, token))
        #expect(list.count == 0)
    }

    @Test("the longer time counts, whichever comes first")
    func twice() throws {
        let list = list()
        try list.revoke(token: "x", until: 1100)
        try list.revoke(token: "x", until: 1050)
        try list.revoke(token: "y")
        try list.revoke(token: "y", until: 1050)
        #expect(list.count == 2)
        clock.set(1099)
        #expect(isRevoked(list, ConnectionToken(id: "x")))
        clock.set(1_000_000_000)
        #expect(!isRevoked(list, ConnectionToken(id: "x")))
        #expect(isRevoked(list, ConnectionToken(id: "y")))
    }

    @Test("a user's tokens are revoked that were made before a time, or do not say when")
    func byUser() throws {
        let list = list()
        try list.revoke(user: "ann")
        #expect(isRevoked(list, ConnectionToken(user: "ann")))
        #expect(isRevoked(list, ConnectionToken(user: "ann", issuedAt: 999)))
        #expect(isRevoked(list, SubscriptionToken(user: "ann", topic: "a", issuedAt: 999)))
        #expect(!isRevoked(list, ConnectionToken(user: "ann", issuedAt: 1000)))
        #expect(!isRevoked(list, ConnectionToken(user: "bob", issuedAt: 999)))
        #expect(!isRevoked(list, ConnectionToken()))
        try list.revoke(user: "", issuedBefore: 500, until: 1100)
        #expect(isRevoked(list, ConnectionToken(issuedAt: 499)))
        #expect(!isRevoked(list, ConnectionToken(issuedAt: 500)))
    }

    @Test("of one topic only what gives the topic")
    func byTopic() throws {
        let list = list()
        try list.revoke(user: "ann", issuedBefore: 900, topic: "a", until: 1100)
        #expect(isRevoked(list, SubscriptionToken(user: "ann", topic: "a", issuedAt: 899)))
        #expect(!isRevoked(list, SubscriptionToken(user: "ann", topic: "b", issuedAt: 899)))
        #expect(!isRevoked(list, SubscriptionToken(user: "ann", topic: "a", issuedAt: 900)))
        #expect(!isRevoked(list, SubscriptionToken(user: "bob", topic: "a", issuedAt: 899)))
        #expect(!isRevoked(list, ConnectionToken(user: "ann", issuedAt: 899)))
        let naming = ConnectionToken(
            user: "ann",
            issuedAt: 899,
            subscriptions: [ServerSubscription(topic: "b"), ServerSubscription(topic: "a")]
        )
        #expect(isRevoked(list, naming))
        clock.set(1100)
        #expect(!isRevoked(list, naming))
    }

    @Test("a later and shorter one does not end an earlier and longer one")
    func overlapping() throws {
        let list = list()
        try list.revoke(user: "ann", issuedBefore: 500, until: 3000)
        try list.revoke(user: "ann", issuedBefore: 900, until: 2000)
        #expect(list.count == 2)
        // these add nothing
        try list.revoke(user: "ann", issuedBefore: 400, until: 3000)
        try list.revoke(user: "ann", issuedBefore: 900, until: 1500)
        #expect(list.count == 2)
        #expect(isRevoked(list, ConnectionToken(user: "ann", issuedAt: 899)))
        clock.set(2000)
        #expect(!isRevoked(list, ConnectionToken(user: "ann", issuedAt: 899)))
        #expect(isRevoked(list, ConnectionToken(user: "ann", issuedAt: 499)))
        #expect(list.count == 1)
        // and this takes the place of all
        try list.revoke(user: "ann", issuedBefore: 2000)
        #expect(list.count == 1)
    }

    @Test("when no more can be remembered that is an error, until some are over; none is forgotten before")
    func capacity() throws {
        let list = list(capacity: 100)
        for number in 0..<100 { try list.revoke(token: "\(number)", until: 1100 + Int64(number)) }
        let token = #expect(throws: ChorusError.self) { try list.revoke(token: "more") }
        #expect(token?.code == .tooMany)
        let user = #expect(throws: ChorusError.self) { try list.revoke(user: "ann") }
        #expect(user?.code == .tooMany)
        #expect(list.count == 100)
        for number in 0..<100 { #expect(isRevoked(list, ConnectionToken(id: "\(number)"))) }
        clock.set(1100)
        try list.revoke(user: "ann")
        #expect(list.count == 100)
    }

    @Test("where there is no room, what needs none is remembered all the same")
    func full() throws {
        let list = list(capacity: 2)
        try list.revoke(token: "x", until: 1100)
        try list.revoke(user: "ann", issuedBefore: 500, until: 1100)
        // longer, as it is, and more of it
        try list.revoke(token: "x", until: 1200)
        try list.revoke(user: "ann", issuedBefore: 500, until: 1100)
        try list.revoke(user: "ann", issuedBefore: 900, until: 1150)
        let other = #expect(throws: ChorusError.self) {
            try list.revoke(user: "ann", issuedBefore: 400, until: 2000)
        }
        #expect(other?.code == .tooMany)
        #expect(list.count == 2)
        clock.set(1149)
        #expect(isRevoked(list, ConnectionToken(user: "ann", issuedAt: 899)))
        clock.set(1199)
        #expect(isRevoked(list, ConnectionToken(id: "x")))
        #expect(list.count == 1)
    }

    @Test("what is over is forgotten, though nobody asks")
    func forgetting() throws {
        let list = list(capacity: 1000)
        for number in 0..<100_000 {
            clock.set(1000 + Int64(number))
            try list.revoke(token: "\(number)", until: 1100 + Int64(number))
        }
        #expect(list.count == 100)
    }

    @Test("many threads revoke and ask at once")
    func threads() async throws {
        let list = list(capacity: 10_000)
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    for number in 0..<500 {
                        try? list.revoke(token: "\(lane)-\(number)")
                        try? list.revoke(user: "\(lane)", issuedBefore: Int64(number))
                        _ = try? list.check(ConnectionToken(user: "\(lane)", id: "\(number)"))
                    }
                }
            }
        }
        #expect(list.count == 8 * 501)
        for lane in 0..<8 { #expect(isRevoked(list, ConnectionToken(id: "\(lane)-499"))) }
    }

    @Test("a verifier that checks them refuses what is revoked")
    func verifier() async throws {
        let list = Revocations()
        let table = TokenTable(connections: ["t": ConnectionToken(user: "ann", id: "x", issuedAt: 1)])
        try await serve(routes: { server in
            server.relayTopics()
            server.authenticate(with: table.checking(list))
        }) { test in
            let before = try await test.client("/ws/a?token=t")
            try list.revoke(token: "x")
            let after = try await test.raw()
            try await after.send(RawSocket.request("/ws/a?token=t"))
            #expect(try await after.expectRefusal(401).body == "Not let in: the token has been revoked.\n")
            // who is there stays, until it is sent away
            try await before.send("hi")
            try await before.expect("hi")
            #expect(await test.hub.disconnect(user: "ann") == 1)
        }
    }
}
