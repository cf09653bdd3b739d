package import NIOCore
import NIOPosix

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Standard input as lines.
enum StandardInput {
    /// A longer line is named on standard error and left out.
    static let longestLine = 8 << 20

    /// Reads lines until the end. The last one need not end.
    static func read(into queue: LineQueue) async {
        var splitter = LineSplitter(longest: longestLine)
        var ending = LineQueue.Ending()
        do {
            while true {
                // reading blocks its thread
                let chunk = try await NIOThreadPool.singleton.runIfActive { try readChunk() }
                if chunk.readableBytes == 0 { break }
                await queue.put(splitter.split(chunk))
            }
            await queue.put(splitter.end())
        } catch {
            ending.failure = error
        }
        ending.skipped = splitter.skipped
        queue.finish(ending)
    }

    private static func readChunk() throws -> ByteBuffer {
        var buffer = ByteBuffer()
        while true {
            var count = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 64 << 10) { bytes in
                #if canImport(Darwin)
                count = Darwin.read(STDIN_FILENO, bytes.baseAddress, bytes.count)
                #elseif canImport(Glibc)
                count = Glibc.read(STDIN_FILENO, bytes.baseAddress, bytes.count)
                #else
                count = Musl.read(STDIN_FILENO, bytes.baseAddress, bytes.count)
                #endif
                return max(0, count)
            }
            if count >= 0 { return buffer }
            if errno == EINTR { continue }
            guard errno == EAGAIN else { throw IOError(errnoCode: errno, reason: "read") }
            // somebody has made it non-blocking: wait for something to read
            var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            _ = poll(&input, 1, -1)
        }
    }
}

/// Takes bytes apart into lines.
package struct LineSplitter {
    let longest: Int
    private var rest = ByteBuffer()
    private var number = 0
    private var isTooLong = false
    /// So many lines were too long.
    private(set) var skipped = 0

    package init(longest: Int) { self.longest = longest }

    package mutating func split(_ chunk: ByteBuffer) -> [LineQueue.Line] {
        var chunk = chunk
        var lines: [LineQueue.Line] = []
        while let end = chunk.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
            let length = end - chunk.readerIndex
            if let part = chunk.readSlice(length: length) { add(part) }
            chunk.moveReaderIndex(forwardBy: 1)
            lines += line()
        }
        add(chunk)
        return lines
    }

    /// What stands behind the last end of a line.
    package mutating func end() -> [LineQueue.Line] { rest.readableBytes > 0 || isTooLong ? line() : [] }

    private mutating func add(_ part: ByteBuffer) {
        guard !isTooLong, rest.readableBytes + part.readableBytes <= longest else {
            isTooLong = true
            rest = ByteBuffer()
            return
        }
        // copied, so that a short line does not keep all that was read with it
        rest.writeImmutableBuffer(part)
    }

    private mutating func line() -> [LineQueue.Line] {
        number += 1
        defer {
            rest = ByteBuffer()
            isTooLong = false
        }
        guard !isTooLong else {
            skipped += 1
            Console.say("line \(number) is not published: it is longer than \(longest) bytes")
            return []
        }
        if rest.readableBytesView.last == UInt8(ascii: "\r") { rest.moveWriterIndex(to: rest.writerIndex - 1) }
        return [LineQueue.Line(number: number, text: rest)]
    }
}
