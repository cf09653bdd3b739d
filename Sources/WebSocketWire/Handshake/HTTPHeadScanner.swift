/// Finds the lines of an HTTP head in bytes that grow from call to call, and looks at each byte once.
struct HTTPHeadScanner: Sendable {
    let maximumSize: Int
    /// Where the line begins that is not over yet.
    private(set) var lineStart = 0
    /// How far the bytes were searched.
    private var scanned = 0

    init(maximumSize: Int) {
        self.maximumSize = maximumSize
    }

    /// The current line without its line end, and on to the next one; nil when its end has not arrived.
    ///
    /// Throws 431 at the byte that makes the head, or a line of more than `maximumLine` bytes, too large, and 400
    /// for a line that ends in a line feed alone. Sizes are judged first: a line must not be refused for one thing
    /// when it arrives whole and for another when it arrives in pieces.
    mutating func nextLine(
        _ all: UnsafeRawBufferPointer,
        maximumLine: Int = .max
    ) throws(HandshakeRefusal) -> UnsafeRawBufferPointer? {
        let bytes = all.prefix(maximumSize)
        let feed = scanned < bytes.count ? bytes[scanned...].firstIndex(of: 0x0A) : nil
        let lineEnd = feed ?? bytes.count
        guard lineEnd - lineStart <= maximumLine else { throw .headTooLarge }
        guard let feed else {
            guard bytes.count < maximumSize else { throw .headTooLarge }
            scanned = bytes.count
            return nil
        }
        let line = bytes[lineStart..<feed]
        lineStart = feed + 1
        scanned = lineStart
        guard line.last == 0x0D else { throw .badRequest("A line does not end with CR LF.") }
        return UnsafeRawBufferPointer(rebasing: line.dropLast())
    }
}

extension HandshakeRefusal {
    static var headTooLarge: Self {
        Self(status: 431, reason: "The header of the request is too large.")
    }
}
