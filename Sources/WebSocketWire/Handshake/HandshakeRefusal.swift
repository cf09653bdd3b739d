public import NIOCore

/// Why a handshake did not come to pass: on a server what to answer, on a client what the server answered.
public struct HandshakeRefusal: Error, Sendable, Hashable {
    /// The HTTP status code. On a client 0 when there was no answer that one could read.
    public var status: Int
    /// One plain sentence for the client; it becomes the body.
    public var reason: String
    /// Further fields of the response.
    public var headers: [HTTPHeaderField]

    /// A refusal with `status` and `reason`, and fields such as `Allow`.
    public init(status: Int, reason: String, headers: [HTTPHeaderField] = []) {
        self.status = status
        self.reason = reason
        self.headers = headers
    }

    /// Appends the whole HTTP/1.1 response: text/plain, with a length, and the connection to be closed after it.
    public func writeResponse(into buffer: inout ByteBuffer) {
        let body = reason.isEmpty ? "" : reason + "\n"
        buffer.writeString("HTTP/1.1 \(status) \(Self.phrase(status))\r\n")
        for field in headers {
            buffer.writeHeader(field.name, field.value)
        }
        buffer.writeHeader("Content-Type", "text/plain; charset=utf-8")
        buffer.writeHeader("Content-Length", String(body.utf8.count))
        // An upgrade that is only offered has to be named here too (RFC 9110 section 7.8).
        let offersUpgrade = headers.first("Upgrade") != nil
        buffer.writeHeader("Connection", offersUpgrade ? "Upgrade, close" : "close")
        buffer.writeString("\r\n")
        buffer.writeString(body)
    }

    static func badRequest(_ reason: String) -> Self {
        Self(status: 400, reason: reason)
    }

    private static func phrase(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Refused"
        }
    }
}
