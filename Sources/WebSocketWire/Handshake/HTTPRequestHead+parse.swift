extension HTTPRequestHead {
    /// Parses a request line: a method, a target and a version with one space between them (RFC 9112 section 3).
    init(line: UnsafeRawBufferPointer) throws(HandshakeRefusal) {
        let parts = line.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3 else {
            throw .badRequest("The request line does not have three parts.")
        }
        guard !parts[0].isEmpty, parts[0].allSatisfy({ $0.isTokenCharacter }) else {
            throw .badRequest("The method is not a token.")
        }
        guard !parts[1].isEmpty, parts[1].allSatisfy({ $0.isTargetCharacter }) else {
            throw .badRequest("The request target has a character that is not allowed in a URI.")
        }
        self.init(
            method: String(decoding: parts[0], as: UTF8.self),
            target: String(decoding: parts[1], as: UTF8.self),
            minorVersion: try Self.minorVersion(parts[2]),
            headers: []
        )
    }

    /// The digit in `HTTP/1.0` and `HTTP/1.1`. The preface of HTTP/2 looks like a request with version 2.0, so that
    /// it needs no case of its own.
    private static func minorVersion(_ version: Slice<UnsafeRawBufferPointer>) throws(HandshakeRefusal) -> Int {
        let bytes = Array(version)
        guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), bytes[5].isDigit, bytes[6] == UInt8(ascii: "."),
            bytes[7].isDigit
        else {
            throw .badRequest("The request line does not end with an HTTP version.")
        }
        let (major, minor) = (bytes[5] - UInt8(ascii: "0"), bytes[7] - UInt8(ascii: "0"))
        guard major == 1, minor <= 1 else {
            throw HandshakeRefusal(status: 505, reason: "This server speaks HTTP/1.1.")
        }
        return Int(minor)
    }

    /// A request has to say, once, which host it is for; HTTP/1.0 may leave it out (RFC 9112 section 3.2).
    func checkHost() throws(HandshakeRefusal) {
        let hosts = values("Host")
        guard hosts.count == 1 || (hosts.isEmpty && minorVersion == 0) else {
            throw .badRequest(hosts.isEmpty ? "The Host header is missing." : "There is more than one Host header.")
        }
        guard hosts.allSatisfy({ host in host.utf8.allSatisfy { $0.isHostCharacter } }) else {
            throw .badRequest("The Host header is not a host and a port.")
        }
    }
}

extension UInt8 {
    /// Visible ASCII; a fragment is never sent.
    fileprivate var isTargetCharacter: Bool { self > 0x20 && self < 0x7F && self != UInt8(ascii: "#") }

    /// What a host, an address in brackets and a port may have (RFC 3986 section 3.2.2).
    fileprivate var isHostCharacter: Bool {
        switch self {
        case UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: ")"): true
        case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="): true
        case UInt8(ascii: "#"), UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"): false
        default: isTokenCharacter
        }
    }
}
