#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Standard output for what was asked for, and standard error for all else. Colours and progress for people only: where
/// standard error is a terminal.
enum Console {
    /// Whether somebody looks at standard error, and it can do more than lines.
    static let isWatched = isatty(STDERR_FILENO) == 1 && !isSet("NO_COLOR", or: "dumb")

    /// Writes a line to standard output at once. Nobody reads it any more: the process ends, as `… | head` expects.
    static func print(_ line: String) {
        guard write(line + "\n", to: STDOUT_FILENO) else { exit(0) }
    }

    /// Says something on standard error.
    static func say(_ message: String) {
        let text = isWatched ? "\r\u{1B}[K\u{1B}[33mchorus:\u{1B}[0m \(message)\n" : "chorus: \(message)\n"
        _ = write(text, to: STDERR_FILENO)
    }

    /// Shows how far it is, in place of what was shown before. Nothing where nobody looks.
    static func progress(_ text: String) {
        if isWatched { _ = write("\r\u{1B}[K\(text)", to: STDERR_FILENO) }
    }

    /// Takes the progress away.
    static func clearProgress() {
        if isWatched { _ = write("\r\u{1B}[K", to: STDERR_FILENO) }
    }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                #if canImport(Darwin)
                let count = Darwin.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                #elseif canImport(Glibc)
                let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                #else
                let count = Musl.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { return false }
                written += count
            }
            return true
        }
    }

    private static func isSet(_ variable: String, or terminal: String) -> Bool {
        if let value = getenv(variable), value.pointee != 0 { return true }
        guard let value = getenv("TERM") else { return true }
        return String(cString: value) == terminal
    }
}
