import ChorusClient
import NIOCore
import Testing
import WebSocketWire

@Suite("The state of a connection")
struct ConnectionStateTests {
    /// A state after its handshake.
    private func open(deflate: Bool = false) throws -> ConnectionState {
        let handshake = ClientHandshake(host: "x", target: "/", deflate: deflate)
        var state = ConnectionState(handshake: handshake, maximumMessageSize: 1_000)
        var answer = try Self.answer(to: handshake)
        guard case .open? = state.next(from: &answer, inflater: nil) else {
            Issue.record("not open")
            return state
        }
        #expect(answer.readableBytes == 0)
        return state
    }

    private static func answer(to handshake: ClientHandshake) throws -> ByteBuffer {
        var request = ByteBuffer()
        handshake.writeRequest(into: &request)
        var parser = HTTPRequestHeadParser()
        let head = try #require(try parser.parse(request)?.head)
        var answer = ByteBuffer()
        try ServerHandshake.negotiate(head, options: ServerHandshake.Options()).writeResponse(into: &answer)
        return answer
    }

    private func frame(_ opcode: WebSocketOpcode, _ text: String = "") -> ByteBuffer {
        var frame = ByteBuffer()
        WebSocketFrame.write(opcode, ByteBuffer(string: text), into: &frame)
        return frame
    }

    private func closeFrame(_ code: WebSocketCloseCode?, _ reason: String = "") -> ByteBuffer {
        var frame = ByteBuffer()
        WebSocketFrame.writeClose(code, reason: reason, into: &frame)
        return frame
    }

    @Test("opens when the whole answer is there, byte by byte")
    func handshake() throws {
        let handshake = ClientHandshake(host: "x", target: "/")
        var state = ConnectionState(handshake: handshake, maximumMessageSize: 1_000)
        let answer = try Self.answer(to: handshake)
        var received = ByteBuffer()
        for byte in answer.readableBytesView.dropLast() {
            received.writeInteger(byte)
            #expect(state.next(from: &received, inflater: nil) == nil)
        }
        received.writeInteger(UInt8(ascii: "\n"))
        guard case .open? = state.next(from: &received, inflater: nil) else { return #expect(Bool(false)) }
    }

    @Test("delivers, answers and completes while it is open")
    func messages() throws {
        var state = try open()
        var bytes = frame(.text, "hi")
        bytes.writeImmutableBuffer(frame(.ping, "?"))
        bytes.writeImmutableBuffer(frame(.pong, "!"))
        guard case .deliver(let message)? = state.next(from: &bytes, inflater: nil) else { return #expect(Bool(false)) }
        #expect(message.text == "hi")
        guard case .answerPing(let ping)? = state.next(from: &bytes, inflater: nil) else { return #expect(Bool(false)) }
        #expect(String(buffer: ping) == "?")
        guard case .completePing(let pong)? = state.next(from: &bytes, inflater: nil) else {
            return #expect(Bool(false))
        }
        #expect(String(buffer: pong) == "!")
        #expect(state.next(from: &bytes, inflater: nil) == nil)
    }

    @Test("answers a close frame with its code, once")
    func peerCloses() throws {
        var state = try open()
        var bytes = closeFrame(.goingAway, "bye")
        bytes.writeImmutableBuffer(frame(.text, "too late"))
        guard case .finish(let reason, let answer)? = state.next(from: &bytes, inflater: nil) else {
            return #expect(Bool(false))
        }
        #expect(reason.description == "1001 bye (peer)")
        #expect(answer == ConnectionState.CloseFrame(code: .goingAway, reason: ""))
        #expect(state.next(from: &bytes, inflater: nil) == nil)
        #expect(bytes.readableBytes == 0)
        #expect(state.close(ConnectionState.CloseFrame(code: .normal, reason: "")) == nil)
        #expect(state.lose(nil, unread: ByteBuffer()) == nil)
    }

    @Test("after its own close frame delivers what comes, answers no ping, and ends with the server's close frame")
    func localCloses() throws {
        var state = try open()
        let own = ConnectionState.CloseFrame(code: .normal, reason: "done")
        #expect(state.close(own) == own)
        #expect(state.close(own) == nil)
        var bytes = frame(.ping)
        bytes.writeImmutableBuffer(frame(.text, "under way"))
        bytes.writeImmutableBuffer(closeFrame(.internalError, "other"))
        guard case .deliver? = state.next(from: &bytes, inflater: nil) else { return #expect(Bool(false)) }
        guard case .finish(let reason, nil)? = state.next(from: &bytes, inflater: nil) else {
            return #expect(Bool(false))
        }
        #expect(reason.description == "1000 done (local)")
        #expect(state.giveUpClosing() == nil)
    }

    @Test("gives up waiting for the server's close frame")
    func giveUp() throws {
        var state = try open()
        #expect(state.giveUpClosing() == nil)
        _ = state.close(ConnectionState.CloseFrame(code: .normal, reason: ""))
        let reason = state.giveUpClosing()
        #expect(reason?.code == .normal)
        #expect(reason?.error?.code == .timedOut)
    }

    @Test("tells the server what it did wrong, unless the close frame is out already", arguments: [false, true])
    func violation(_ isClosing: Bool) throws {
        var state = try open()
        if isClosing { _ = state.close(ConnectionState.CloseFrame(code: .normal, reason: "")) }
        var bytes = ByteBuffer(bytes: [0x83, 0x00])
        guard case .finish(let reason, let frame)? = state.next(from: &bytes, inflater: nil) else {
            return #expect(Bool(false))
        }
        #expect(reason.code == (isClosing ? .normal : .protocolError))
        #expect(reason.endedBy == .local)
        #expect(reason.error?.code == .protocolError)
        #expect((frame == nil) == isClosing)
    }

    @Test("is lost when the network ends it")
    func lost() throws {
        var state = try open()
        let error = WebSocketClientError(.connectionClosed, "x")
        guard case .finish(let reason, nil)? = state.lose(error, unread: ByteBuffer()) else {
            return #expect(Bool(false))
        }
        #expect(reason.code == .abnormal)
        #expect(reason.endedBy == .network)
    }

    @Test("is not lost when the server hangs up instead of answering the close frame")
    func hungUpWhileClosing() throws {
        var state = try open()
        _ = state.close(ConnectionState.CloseFrame(code: .normal, reason: ""))
        guard case .finish(let reason, nil)? = state.lose(nil, unread: ByteBuffer()) else {
            return #expect(Bool(false))
        }
        #expect(reason.code == .normal)
        #expect(reason.endedBy == .local)
        #expect(reason.error == nil)
    }

    @Test("is refused with what there is of an answer, or with the error")
    func lostInHandshake() {
        let cases: [(String, WebSocketClientError?, WebSocketClientError.Code)] = [
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nno", nil, .handshakeRefused),
            ("HTTP/1.1 40", nil, .connectionClosed),
            ("", WebSocketClientError(.tls, "x"), .tls),
        ]
        for (received, error, code) in cases {
            var state = ConnectionState(handshake: ClientHandshake(host: "x", target: "/"), maximumMessageSize: 10)
            var buffer = ByteBuffer(string: received)
            #expect(state.next(from: &buffer, inflater: nil) == nil)
            guard case .refuse(let refusal)? = state.lose(error, unread: buffer) else { return #expect(Bool(false)) }
            #expect(refusal.code == code)
        }
    }
}
