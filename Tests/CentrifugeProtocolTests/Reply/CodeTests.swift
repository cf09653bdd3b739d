import CentrifugeProtocol
import Testing

/// The numbers, words and rules of the protocol, once more and independently.
@Suite("Codes")
struct CodeTests {
    @Test("errors")
    func errors() {
        let errors: [CommandError] = [
            .internalServerError, .unauthorized, .unknownChannel, .permissionDenied, .methodNotFound,
            .alreadySubscribed,
            .limitExceeded, .badRequest, .notAvailable, .tokenExpired, .expired, .tooManyRequests,
            .unrecoverablePosition,
            .concurrentPagination,
        ]
        #expect(errors.map(\.code) == Array(100...113))
        #expect(errors.filter(\.isTemporary).map(\.code) == [100, 111, 113])
        #expect(Set(errors.map(\.message)).count == errors.count)
    }

    @Test("closes after which clients come back, and those after which they do not")
    func closes() {
        let back: [CentrifugeClose] = [
            .connectionClosed, .shutdown, .internalServerError, .connectionExpired, .subscriptionExpired, .slow,
            .writeError,
            .insufficientState, .forceReconnect, .noPong, .tooManyRequests, .stateInvalidated,
        ]
        #expect(back.map(\.code) == [3000, 3001, 3004, 3005, 3006, 3008, 3009, 3010, 3011, 3012, 3013, 3014])
        #expect(back.allSatisfy { $0.reconnects })
        let away: [CentrifugeClose] = [
            .invalidToken, .badRequest, .stale, .forceDisconnect, .connectionLimit, .channelLimit,
            .inappropriateProtocol,
            .permissionDenied, .notAvailable, .tooManyErrors,
        ]
        #expect(away.map(\.code) == Array(3500...3509))
        #expect(away.allSatisfy { !$0.reconnects })
        #expect((back + away).allSatisfy { !$0.reason.isEmpty && $0.reason.utf8.count <= 123 })
    }

    @Test(
        "who comes back is told by the number",
        arguments: [
            (1000, true), (1001, true), (1009, false), (2999, true), (3499, true), (3500, false), (3999, false),
            (4000, true),
            (4499, true), (4500, false), (4999, false), (5000, true),
        ] as [(UInt16, Bool)]
    )
    func reconnects(_ code: UInt16, _ reconnects: Bool) {
        #expect(CentrifugeClose(code: code, reason: "").reconnects == reconnects)
    }

    @Test("ends of subscriptions")
    func unsubscribes() {
        let codes: [UnsubscribeCode] = [.server, .insufficientState, .expired, .stateInvalidated]
        #expect(codes.map(\.code) == [2000, 2500, 2501, 2502])
        #expect(codes.map(\.resubscribes) == [false, true, true, true])
        #expect(!UnsubscribeCode(code: 2499, reason: "").resubscribes)
    }
}
