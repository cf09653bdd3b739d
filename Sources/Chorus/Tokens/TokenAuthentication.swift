import ChorusCore
import NIOCore
import WebSocketWire

/// Finds the token of a request, and says what it means.
struct TokenAuthentication: Sendable {
    let verifier: any TokenVerifier
    /// The name of the cookie that may have it.
    let cookie: String?
    let allowsAnonymous: Bool
    /// How long a client may stay when its token has expired.
    let grace: TimeAmount

    /// What the request's token says; `nil` without one. Throws 401 when it is not accepted, has expired as far as
    /// connections go, or is missing where one is needed.
    func token(of request: ConnectRequest) async throws(HandshakeRefusal) -> ConnectionToken? {
        guard let text = text(of: request) else {
            guard !allowsAnonymous else { return nil }
            throw HandshakeRefusal(
                status: 401,
                reason: "A token is needed.",
                headers: [HTTPHeaderField(name: "WWW-Authenticate", value: #"Bearer realm="chorus""#)]
            )
        }
        let token: ConnectionToken
        do throws(TokenRefusal) {
            token = try await verifier.connection(text)
        } catch {
            throw TokenAuthentication.refusal(error.message)
        }
        if let end = token.expiresAt, end <= WallClock.seconds {
            throw TokenAuthentication.refusal("the token's connections have expired")
        }
        return token
    }

    /// Until when a client may stay, in milliseconds since 1970; `nil` for ever.
    func end(of token: ConnectionToken) -> Int64? {
        guard let seconds = token.expiresAt else { return nil }
        let (milliseconds, isFar) = seconds.multipliedReportingOverflow(by: 1000)
        let (end, isFarther) = milliseconds.addingReportingOverflow(grace.nanoseconds / 1_000_000)
        return isFar || isFarther ? .max : end
    }

    /// The answer to a token that is no good (RFC 6750 section 3).
    static func refusal(_ reason: String) -> HandshakeRefusal {
        HandshakeRefusal(
            status: 401,
            reason: "Not let in: \(reason).",
            headers: [
                HTTPHeaderField(name: "WWW-Authenticate", value: #"Bearer realm="chorus", error="invalid_token""#)
            ]
        )
    }

    /// What the client says itself counts before a cookie, which its browser adds. Nothing is as no token.
    private func text(of request: ConnectRequest) -> String? {
        let token = bearer(request) ?? request.query["token"] ?? cookie.flatMap { request.cookie($0) }
        return token?.isEmpty ?? true ? nil : token
    }

    /// RFC 6750 section 2.1.
    private func bearer(_ request: ConnectRequest) -> String? {
        guard let parts = request.header("Authorization")?.split(separator: " ", maxSplits: 1), parts.count == 2,
            parts[0].lowercased() == "bearer"
        else { return nil }
        return String(parts[1].drop { $0 == " " })
    }
}
