extension ServerHandshake {
    /// Whether a request asks for a WebSocket at all; whether it does so correctly is for `negotiate` to say.
    public static func isUpgrade(_ head: HTTPRequestHead) -> Bool {
        head.headers.contains("websocket", in: "Upgrade")
    }

    /// Checks a request and chooses subprotocol and extensions (RFC 6455 section 4.2.1).
    ///
    /// Throws 405 for another method than GET, 426 for a missing upgrade or another version than 13, 403 for a page
    /// that may not connect, and 400 for what is malformed.
    public static func negotiate(
        _ head: HTTPRequestHead,
        options: Options
    ) throws(HandshakeRefusal) -> ServerHandshake {
        try checkRequest(head)
        let key = try checkWebSocket(head)
        guard options.origins.allows(head) else {
            throw HandshakeRefusal(status: 403, reason: "Pages of this origin may not connect.")
        }
        guard let offers = ExtensionOffer.parse(head.values("Sec-WebSocket-Extensions")) else {
            throw .badRequest("Sec-WebSocket-Extensions is malformed.")
        }
        let wanted = head.headers.elements("Sec-WebSocket-Protocol")
        return ServerHandshake(
            key: key,
            subprotocol: wanted.lazy.map(String.init).first(where: options.subprotocols.contains),
            deflate: options.deflate ? offers.lazy.compactMap(DeflateParameters.init(offer:)).first : nil
        )
    }

    /// What HTTP asks of a request that upgrades (RFC 9110 section 7.8).
    private static func checkRequest(_ head: HTTPRequestHead) throws(HandshakeRefusal) {
        guard head.method == "GET" else {
            throw HandshakeRefusal(
                status: 405,
                reason: "A WebSocket is opened with GET.",
                headers: [HTTPHeaderField(name: "Allow", value: "GET")]
            )
        }
        guard head.minorVersion >= 1 else {
            throw .badRequest("A WebSocket needs HTTP/1.1.")
        }
        guard head.headers.count("Transfer-Encoding") == 0, head.values("Content-Length").allSatisfy({ $0 == "0" })
        else {
            throw .badRequest("The request that opens a WebSocket has no body.")
        }
        guard isUpgrade(head) else {
            throw .upgradeRequired("This is a WebSocket endpoint.")
        }
        guard head.headers.contains("upgrade", in: "Connection") else {
            throw .badRequest("The Connection header does not have the token Upgrade; does a proxy remove it?")
        }
    }

    private static func checkWebSocket(_ head: HTTPRequestHead) throws(HandshakeRefusal) -> WebSocketKey {
        guard head.headers.only("Sec-WebSocket-Version") == "13" else {
            throw .upgradeRequired("This server speaks version 13 of the WebSocket protocol.")
        }
        guard let key = head.headers.only("Sec-WebSocket-Key").flatMap({ WebSocketKey($0) }) else {
            throw .badRequest("Sec-WebSocket-Key has to be there once, with 16 bytes in base64.")
        }
        return key
    }
}

extension HandshakeRefusal {
    /// 426 (RFC 9110 section 15.5.22), with the version that is spoken here (RFC 6455 section 4.4).
    fileprivate static func upgradeRequired(_ reason: String) -> Self {
        Self(
            status: 426,
            reason: reason,
            headers: [
                HTTPHeaderField(name: "Upgrade", value: "websocket"),
                HTTPHeaderField(name: "Sec-WebSocket-Version", value: "13"),
            ]
        )
    }
}
