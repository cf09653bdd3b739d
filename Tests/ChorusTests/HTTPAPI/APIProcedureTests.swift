import Chorus
import ChorusClient
import ChorusCore
import ChorusTesting
import ClientSupport
import NIOCore
import Testing

@Suite("The HTTP API: rpc, and tokens")
struct APIProcedureTests {
    private struct Failure: Error {}

    @Test("what a procedure returns is the data; what it throws has its code, and nobody learns more")
    func rpc() async throws {
        let procedures: [String: HTTPAPI.Procedure] = [
            "echo": { $0 }, "text": { _ in "plain" }, "": { _ in Message(.binary, ByteBuffer(bytes: [0, 255])) },
            "none": { _ in throw ChorusError(.noHistory, "none is kept") }, "fails": { _ in throw Failure() },
        ]
        try await serveAPI(procedures: procedures) { _, api in
            #expect(try await api.result("rpc", #"{"method":"echo","params":{ "a": [1] }}"#) == ["data": ["a": [1]]])
            #expect(try await api.result("rpc", #"{"method":"echo"}"#) == ["data": .null])
            #expect(try await api.result("rpc", #"{"method":"text"}"#) == ["data": "plain"])
            #expect(try await api.result("rpc", #"{"method":""}"#) == ["b64data": "AP8="])
            let unavailable = try await api.ask("rpc", #"{"method":"none"}"#)
            #expect(unavailable.code == 108)
            let failed = try await api.ask("rpc", #"{"method":"fails"}"#)
            #expect(failed.code == 100)
            #expect(failed.message == "internal server error")
            #expect(try await api.ask("rpc", #"{"method":"nothing"}"#).code == 104)
        }
    }

    private static func token(_ id: String?, _ user: String, _ issuedAt: Int64?) -> ConnectionToken {
        ConnectionToken(user: user, id: id, issuedAt: issuedAt)
    }

    @Test("tokens are revoked by their identifiers, and by user and time")
    func tokens() async throws {
        let revocations = Revocations(now: { 1000 })
        try await serveAPI(revocations: revocations) { _, api in
            func isRevoked(_ token: ConnectionToken) -> Bool {
                do throws(TokenRefusal) {
                    try revocations.check(token)
                    return false
                } catch {
                    return error.code == .revoked
                }
            }
            #expect(!isRevoked(Self.token("a", "ann", 500)))
            #expect(try await api.result("revoke_token", #"{"uid":"a","expire_at":2000}"#) == [:])
            #expect(isRevoked(Self.token("a", "ann", 500)))
            #expect(!isRevoked(Self.token("b", "ann", 500)))
            #expect(try await api.result("invalidate_user_tokens", #"{"user":"ann","issued_before":400}"#) == [:])
            #expect(isRevoked(Self.token("b", "ann", 399)))
            #expect(!isRevoked(Self.token("b", "ann", 400)))
            #expect(!isRevoked(Self.token("b", "bob", 399)))
            try await api.result("invalidate_user_tokens", #"{"user":"ann","issued_before":0,"channel":""}"#)
            #expect(isRevoked(Self.token("b", "ann", 999)))
            for (method, body) in [
                ("revoke_token", #"{"uid":""}"#), ("revoke_token", "{}"), ("invalidate_user_tokens", #"{"user":""}"#),
                ("invalidate_user_tokens", #"{"user":"ann","channel":"\n"}"#),
            ] {
                #expect(try await api.ask(method, body).code == 107)
            }
        }
    }

    @Test("a server that takes no tokens revokes none: 108")
    func noTokens() async throws {
        try await serveAPI { _, api in
            for (method, body) in [("revoke_token", #"{"uid":"a"}"#), ("invalidate_user_tokens", #"{"user":"a"}"#)] {
                let answer = try await api.ask(method, body)
                #expect(answer.code == 108)
            }
        }
    }
}
