import WebSocketWire

/// A token lets a client stay for a time.
extension ConnectionHandler {
    /// - Parameter end: in milliseconds since 1970.
    func expires(at end: Int64) {
        expiry = Expiry(of: self, at: end) { connection in
            // who has hung up ends by itself, when what it had sent has been taken
            if !connection.isLingering { connection.close(.tokenExpired, "the token has expired") }
        }
    }

    func stopExpiry() { expiry.take()?.cancel(on: self) }
}
