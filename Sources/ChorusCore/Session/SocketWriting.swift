/// What a shard writes to sockets with: the system, or what a test has in its place.
package protocol SocketWriting {
    /// Hands bytes to a socket without waiting. Calls nobody back.
    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, to socket: Socket) -> Socket.Outcome
}

/// The system's own sockets.
struct SystemSockets: SocketWriting {
    func write(_ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, to socket: Socket) -> Socket.Outcome {
        socket.write(pieces)
    }
}
