public import NIOCore

extension BroadcastServer {
    /// Lets clients say who they are by connection tokens, at any path. It takes the place of ``authenticate(_:)``.
    ///
    /// ```swift
    /// let verifier = try await JWTVerifier(TokenConfiguration(hmacSecret: secret))
    /// server.authenticate(with: verifier, cookie: "session")
    /// ```
    ///
    /// The token is in the request that opens the WebSocket: `Authorization: Bearer TOKEN` (RFC 6750), `?token=TOKEN`,
    /// or a cookie. One that is not accepted is answered with 401, whose body says why. The client is the user that the
    /// token names, presence says the token's `info` of it, and it may subscribe to the topics that the token names
    /// whoever else may (``Namespace/subscribers``).
    ///
    /// When the token has expired the client is closed with 4401 (``WebSocketCloseCode/tokenExpired``), and comes back
    /// with a new one. Clients of the Centrifuge protocol show their tokens within the protocol, and renew them there.
    ///
    /// - Parameters:
    ///   - verifier: says what a token means.
    ///   - cookie: the name of a cookie that may have the token. Pages of other origins have their visitors' cookies
    ///     too: keep ``Configuration/origins`` narrow. Default none.
    ///   - allowsAnonymous: whether clients without a token are let in, as nobody in particular. Default no.
    ///   - grace: how long a client may stay when its token has expired. Default 25 seconds.
    public func authenticate(
        with verifier: any TokenVerifier,
        cookie: String? = nil,
        allowsAnonymous: Bool = false,
        grace: TimeAmount = .seconds(25)
    ) {
        let tokens = TokenAuthentication(
            verifier: verifier,
            cookie: cookie,
            allowsAnonymous: allowsAnonymous,
            grace: grace
        )
        setHook { $0.authentication = .tokens(tokens) }
    }

    /// The longest name of a user, in bytes.
    package static let longestUser = Admission.longestUser
}
