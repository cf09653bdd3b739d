import ChorusCore

/// Sockets that are the other side of ``FakeTransport``s, so that what is written straight and what the transports are
/// given stands in one row.
final class FakeSockets: SocketWriting {
    private struct Weak {
        weak var transport: FakeTransport?
    }

    private var transports: [Weak] = []

    /// The socket of a client's transport.
    func socket(of transport: FakeTransport) -> Socket {
        transports.append(Weak(transport: transport))
        return Socket(handle: .init(transports.count - 1))
    }

    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, to socket: Socket) -> Socket.Outcome {
        let size = pieces.reduce(0) { $0 + $1.count }
        guard let transport = transports[Int(socket.handle)].transport else { return .failed }
        switch transport.write(pieces, size: size) {
        case .taken(let count): return .taken(count)
        case .gone: return .failed
        case .queued: preconditionFailure("a transport that queues has no socket")
        }
    }
}
