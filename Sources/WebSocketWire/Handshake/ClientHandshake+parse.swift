public import NIOCore

extension ClientHandshake {
    /// In bytes; the start of a refusal's body that is worth waiting for and showing.
    static let maximumBody = 512

    /// Looks at everything received so far, without consuming: the answer and the length of its head in bytes, after
    /// which frames begin, or nil when more is needed.
    ///
    /// Throws what the server answered instead of 101, with its phrase and the start of its body as reason; or, with
    /// the status 101, what is wrong with its answer (RFC 6455 section 4.1).
    public mutating func parse(
        _ buffer: ByteBuffer
    ) throws(HandshakeRefusal) -> (result: ServerAnswer, length: Int)? {
        guard let (head, length) = try response.parse(buffer) else { return nil }
        guard head.status == 101 else {
            let expected = head.headers.first("Content-Length").flatMap { Int($0) } ?? 0
            guard buffer.readableBytes - length >= min(expected, Self.maximumBody) else { return nil }
            throw Self.refusal(head, body: buffer.readableBytesView.dropFirst(length))
        }
        return (try judge(head), length)
    }

    /// What to report when the server closed the connection before `parse` came to an end.
    public mutating func refusalAtEnd(_ buffer: ByteBuffer) -> HandshakeRefusal {
        do {
            guard let (head, length) = try response.parse(buffer) else {
                return HandshakeRefusal(status: 0, reason: "The server closed the connection without an answer.")
            }
            return Self.refusal(head, body: buffer.readableBytesView.dropFirst(length))
        } catch {
            return error
        }
    }

    private static func refusal(_ head: HTTPResponseHead, body: ByteBufferView) -> HandshakeRefusal {
        let start = Substring(decoding: body.prefix(maximumBody), as: UTF8.self)
        let text = String(start.split(whereSeparator: \.isNewline).joined(separator: " "))
        let parts = [head.phrase, text].filter { !$0.isEmpty }
        return HandshakeRefusal(status: head.status, reason: parts.joined(separator: ": "), headers: head.headers)
    }

    private func judge(_ head: HTTPResponseHead) throws(HandshakeRefusal) -> ServerAnswer {
        guard head.headers.contains("websocket", in: "Upgrade"),
            head.headers.contains("upgrade", in: "Connection")
        else {
            throw .badAnswer("The server switched to another protocol.")
        }
        guard head.headers.values("Sec-WebSocket-Accept") == [key.accept] else {
            throw .badAnswer("Sec-WebSocket-Accept does not belong to the key.")
        }
        let chosen = head.headers.values("Sec-WebSocket-Protocol")
        guard chosen.count <= 1, chosen.allSatisfy(subprotocols.contains) else {
            throw .badAnswer("The server chose a subprotocol that was not asked for.")
        }
        return ServerAnswer(subprotocol: chosen.first, deflate: try agreedDeflate(head), headers: head.headers)
    }

    private func agreedDeflate(_ head: HTTPResponseHead) throws(HandshakeRefusal) -> DeflateParameters? {
        guard let answers = ExtensionOffer.parse(head.headers.values("Sec-WebSocket-Extensions")) else {
            throw .badAnswer("Sec-WebSocket-Extensions is malformed.")
        }
        guard let answer = answers.first else { return nil }
        guard deflate, answers.count == 1, let parameters = DeflateParameters(answer: answer) else {
            throw .badAnswer("The server chose an extension that was not offered like that.")
        }
        return parameters
    }
}

extension HandshakeRefusal {
    fileprivate static func badAnswer(_ reason: String) -> Self {
        Self(status: 101, reason: reason)
    }
}
