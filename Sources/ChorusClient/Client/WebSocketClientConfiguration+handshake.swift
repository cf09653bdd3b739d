import WebSocketWire

extension WebSocketClientConfiguration {
    /// The request for `url`, or ``WebSocketClientError/Code/invalidConfiguration`` for fields that cannot be sent.
    func handshake(for url: WebSocketURL) throws(WebSocketClientError) -> ClientHandshake {
        var host = url.hostHeader
        var fields: [HTTPHeaderField] = []
        for (name, value) in headers {
            // Control characters would begin a field, or a request, of somebody else's making.
            guard name.isToken, value.utf8.allSatisfy({ ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
                throw WebSocketClientError(.invalidConfiguration, "the header field \(name) cannot be sent")
            }
            switch name.lowercased() {
            case "host":
                host = value
            case "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol",
                "sec-websocket-extensions", "sec-websocket-accept", "content-length", "transfer-encoding":
                throw WebSocketClientError(.invalidConfiguration, "the header field \(name) is not free to be set")
            default:
                fields.append(HTTPHeaderField(name: name, value: value))
            }
        }
        guard subprotocols.allSatisfy(\.isToken) else {
            throw WebSocketClientError(.invalidConfiguration, "a subprotocol has characters that are not allowed")
        }
        return ClientHandshake(
            host: host,
            target: url.target,
            headers: fields,
            subprotocols: subprotocols,
            deflate: deflate
        )
    }
}

extension String {
    /// A name in HTTP (RFC 9110 section 5.6.2).
    fileprivate var isToken: Bool {
        !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
    }
}
