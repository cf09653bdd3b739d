package import NIOCore
package import WebSocketWire

/// Where a connection is between its handshake and its end: takes bytes and events, returns what has to be done.
///
/// It does no I/O and knows no time. The reason for the end is decided here, once, and never changes again.
package struct ConnectionState {
    /// What has to be done about something that was received, or that happened.
    package enum Action {
        /// The server agreed; frames follow.
        case open(ClientHandshake.ServerAnswer)
        /// There will be no WebSocket. Close.
        case refuse(WebSocketClientError)
        /// A message for the application.
        case deliver(WebSocketMessage)
        /// Send a pong with these bytes.
        case answerPing(ByteBuffer)
        /// One of our pings was answered.
        case completePing(ByteBuffer)
        /// The end is decided. Send the frame if there is one, and wait a moment for the server to hang up.
        case finish(CloseReason, closeFrame: CloseFrame?)
    }

    /// What goes into a close frame; without a code it is empty.
    package struct CloseFrame: Sendable, Equatable {
        package var code: WebSocketCloseCode?
        package var reason: String

        package init(code: WebSocketCloseCode?, reason: String) {
            self.code = code
            self.reason = reason
        }
    }

    package enum Phase {
        /// The request is out.
        case handshake
        case open
        /// Our close frame is out, and the server's is awaited.
        case closing(CloseFrame)
        /// The end of the connection is decided, or there never was one.
        case finished(CloseReason?)
    }

    package private(set) var phase = Phase.handshake
    private var handshake: ClientHandshake
    /// Apart from the phase, so that it is changed in place.
    private var reader: WebSocketReader?
    private let maximumMessageSize: Int

    package init(handshake: ClientHandshake, maximumMessageSize: Int) {
        self.handshake = handshake
        self.maximumMessageSize = maximumMessageSize
    }

    /// Consumes bytes from `buffer` up to the next thing that has to be done; nil when more bytes are needed.
    package mutating func next(from buffer: inout ByteBuffer, inflater: Inflater?) -> Action? {
        switch phase {
        case .handshake:
            return readAnswer(&buffer)
        case .open, .closing:
            while let event = reader?.next(from: &buffer, inflater: inflater) {
                if let action = action(for: event) { return action }
            }
            return nil
        case .finished:
            buffer.moveReaderIndex(to: buffer.writerIndex)
            return nil
        }
    }

    /// The application closes. Nil when the connection is not open.
    package mutating func close(_ frame: CloseFrame) -> CloseFrame? {
        guard case .open = phase else { return nil }
        phase = .closing(frame)
        return frame
    }

    /// The server did not answer our close frame in time.
    package mutating func giveUpClosing() -> CloseReason? {
        guard case .closing(let frame) = phase else { return nil }
        let error = WebSocketClientError(.timedOut, "the server did not answer the close frame")
        return finish(frame.reason(error: error))
    }

    /// The connection ends without the server's close frame; `unread` is what came and made no whole frame.
    package mutating func lose(_ error: WebSocketClientError?, unread: ByteBuffer) -> Action? {
        switch phase {
        case .handshake:
            phase = .finished(nil)
            let refusal = handshake.refusalAtEnd(unread)
            if refusal.status >= 100 { return .refuse(.handshake(refusal, received: unread)) }
            return .refuse(error ?? WebSocketClientError(.connectionClosed, refusal.reason))
        case .open:
            return .finish(finish(.lost(error ?? .connectionLost(nil))), closeFrame: nil)
        case .closing(let frame):
            // Not to answer a close frame but to hang up is common, and what we wanted.
            return .finish(finish(frame.reason(error: error)), closeFrame: nil)
        case .finished:
            return nil
        }
    }

    private mutating func readAnswer(_ buffer: inout ByteBuffer) -> Action? {
        do throws(HandshakeRefusal) {
            guard let (answer, length) = try handshake.parse(buffer) else { return nil }
            buffer.moveReaderIndex(forwardBy: length)
            reader = WebSocketReader(
                role: .client,
                maximumMessageSize: maximumMessageSize,
                acceptsDeflate: answer.deflate != nil
            )
            phase = .open
            return .open(answer)
        } catch {
            phase = .finished(nil)
            return .refuse(.handshake(error, received: buffer))
        }
    }

    private mutating func action(for event: WebSocketEvent) -> Action? {
        switch (event, phase) {
        case (.message(let message), _):
            return .deliver(message)
        case (.pong(let payload), _):
            return .completePing(payload)
        case (.ping(let payload), .open):
            return .answerPing(payload)
        case (.ping, _):
            // Nothing may follow a close frame (RFC 6455 section 5.5.1).
            return nil
        case (.close, .closing(let frame)):
            return .finish(finish(frame.reason(error: nil)), closeFrame: nil)
        case (.close(let code, let reason), _):
            let closeReason = CloseReason(code: code ?? .noStatus, reason: reason, endedBy: .peer)
            return .finish(finish(closeReason), closeFrame: CloseFrame(code: code, reason: ""))
        case (.failure(let failure), .closing(let frame)):
            return .finish(finish(frame.reason(error: .server(failure))), closeFrame: nil)
        case (.failure(let failure), _):
            let frame = CloseFrame(code: failure.code, reason: failure.reason)
            return .finish(finish(frame.reason(error: .server(failure))), closeFrame: frame)
        }
    }

    private mutating func finish(_ reason: CloseReason) -> CloseReason {
        phase = .finished(reason)
        return reason
    }
}

extension ConnectionState.CloseFrame {
    /// The reason of a connection that this frame of ours ended.
    fileprivate func reason(error: WebSocketClientError?) -> CloseReason {
        CloseReason(code: code ?? .noStatus, reason: reason, endedBy: .local, error: error)
    }
}

extension WebSocketClientError {
    fileprivate static func server(_ failure: WebSocketFailure) -> WebSocketClientError {
        WebSocketClientError(.protocolError, "the server broke the protocol: \(failure.reason)")
    }
}
