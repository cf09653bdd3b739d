import NIOPosix

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
        let failure = write(line + "\n", to: STDOUT_FILENO)
        if failure == 0 { return }
        if failure == EPIPE { exit(0) }
        say("the output cannot be written: \(String(cString: strerror(failure)))")
        exit(Exit.inputOutput)
    }

    /// Ends the process also while it has nothing to write when the one who reads standard output has gone.
    static func endWhenUnread() {
        var status = stat()
        guard fstat(STDOUT_FILENO, &status) == 0, [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) else { return }
        // its own thread, which waits for nothing but that
        NIOThreadPool.singleton.submit { _ in
            var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            while poll(&output, 1, -1) < 0 {}
            exit(0)
        }
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

    /// Returns the number of the error; 0 if there was none.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
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
                if count < 0 {
                    if errno == EINTR { continue }
                    guard errno == EAGAIN else { return errno }
                    // somebody has made it non-blocking: wait for room
                    var output = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&output, 1, -1)
                    continue
                }
                written += count
            }
            return 0
        }
    }

    private static func isSet(_ variable: String, or terminal: String) -> Bool {
        if let value = getenv(variable), value.pointee != 0 { return true }
        guard let value = getenv("TERM") else { return true }
        return String(cString: value) == terminal
    }
}
