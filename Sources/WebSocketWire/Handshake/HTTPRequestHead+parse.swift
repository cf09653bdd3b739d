extension HTTPRequestHead {
    /// Parses a request line: a method, a target and a version with one space between them (RFC 9112 section 3).
    init(line: UnsafeRawBufferPointer) throws(HandshakeRefusal) {
        guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first < last,
            !line[(first + 1)..<last].contains(0x20)
        else {
            throw .badRequest("The request line does not have three parts.")
        }
        let (method, target) = (line[..<first], line[(first + 1)..<last])
        guard !method.isEmpty, method.allSatisfy({ $0.isTokenCharacter }) else {
            throw .badRequest("The method is not a token.")
        }
        guard !target.isEmpty, target.allSatisfy({ $0.isTargetCharacter }) else {
            throw .badRequest("The request target has a character that is not allowed in a URI.")
        }
        self.init(
            method: String(decoding: method, as: UTF8.self),
            target: String(decoding: target, as: UTF8.self),
            minorVersion: try Self.minorVersion(UnsafeRawBufferPointer(rebasing: line[(last + 1)...])),
            headers: []
        )
        // what browsers send, at once: growing to it takes three more allocations
        headers.reserveCapacity(16)
    }

    /// The digit in `HTTP/1.0` and `HTTP/1.1`. The preface of HTTP/2 looks like a request with version 2.0, so that
    /// it needs no case of its own.
    private static func minorVersion(_ bytes: UnsafeRawBufferPointer) throws(HandshakeRefusal) -> Int {
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
        let count = headers.count("Host")
        guard count == 1 || (count == 0 && minorVersion == 0) else {
            throw .badRequest(count == 0 ? "The Host header is missing." : "There is more than one Host header.")
        }
        guard first("Host")?.utf8.allSatisfy({ $0.isHostCharacter }) ?? true else {
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
