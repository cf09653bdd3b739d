import ChorusTesting
import Foundation
import Synchronization

/// The built `chorus`, started as a process.
final class ChorusProcess: Sendable {
    private let process = Process()
    private let standardOutput = Text()
    private let standardError = Text()
    private let standardInput: Pipe?
    private let status = Mutex<Int32?>(nil)

    /// What a stream has said so far.
    private final class Text: Sendable {
        private struct State: Sendable {
            var bytes: [UInt8] = []
            var isWhole = false
        }

        let pipe = Pipe()
        private let state = Mutex(State())

        var all: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
        /// Whether nothing more can come.
        var isWhole: Bool { state.withLock { $0.isWhole } }

        func follow() {
            // a thread that blocks: a readability handler is not always told of the end
            let descriptor = pipe.fileHandleForReading.fileDescriptor
            Thread.detachNewThread { [self] in
                var buffer = [UInt8](repeating: 0, count: 64 << 10)
                while true {
                    let count = read(descriptor, &buffer, buffer.count)
                    if count < 0, errno == EINTR { continue }
                    state.withLock { state in
                        if count > 0 { state.bytes += buffer[..<count] } else { state.isWhole = true }
                    }
                    if count <= 0 { return }
                }
            }
        }
    }

    /// What it reads on standard input.
    enum Input: Sendable {
        /// Nothing.
        case none
        /// These bytes, and then the end.
        case bytes([UInt8])
        /// What ``ChorusProcess/write(_:)`` gives, up to ``ChorusProcess/endInput()``.
        case open

        static func text(_ text: String) -> Input { .bytes(Array(text.utf8)) }
    }

    /// Starts it. The process is killed when the object goes.
    ///
    /// - Parameter shell: what a shell does with the command, which it has as `"$0" "$@"`.
    init(_ arguments: [String], shell: String? = nil, input: Input = .none) throws {
        standardInput = if case .open = input { Pipe() } else { nil }
        let executable = try ChorusProcess.executable
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", shell, executable] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: executable)
            process.arguments = arguments
        }
        switch input {
        case .none: process.standardInput = FileHandle.nullDevice
        case .bytes(let bytes): process.standardInput = try ChorusProcess.file(bytes)
        case .open: process.standardInput = standardInput
        }
        // what a test says, and nothing that stands in the environment by chance
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("CHORUS_") }
        process.standardOutput = standardOutput.pipe
        process.standardError = standardError.pipe
        standardOutput.follow()
        standardError.follow()
        process.terminationHandler = { [weak self] process in
            let isExit = process.terminationReason == .exit
            self?.status.withLock { $0 = isExit ? process.terminationStatus : -process.terminationStatus }
        }
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The executable beside the test bundle.
    private static var executable: String {
        get throws {
            #if canImport(Darwin)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
            let folder = bundle.bundleURL.deletingLastPathComponent()
            #else
            let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            #endif
            let path = folder.appendingPathComponent("chorus").path
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw TestFailure("there is no executable at \(path): build it with swift build")
            }
            return path
        }
    }

    /// A file without a name, to be read from its beginning.
    private static func file(_ bytes: [UInt8]) throws -> FileHandle {
        let folder = try TemporaryFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("input")))
        let file = withExtendedLifetime(folder) { FileHandle(forReadingAtPath: folder.file("input")) }
        guard let file else { throw TestFailure("no input") }
        return file
    }

    /// Gives it more to read.
    func write(_ text: String) throws {
        guard let standardInput else { throw TestFailure("its input is not open") }
        // of a process that has ended the test is told otherwise
        _ = Foundation.signal(SIGPIPE, SIG_IGN)
        try standardInput.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    /// There is no more to read.
    func endInput() throws { try standardInput?.fileHandleForWriting.close() }

    /// What it said on standard output and standard error.
    var output: String { standardOutput.all }
    var errors: String { standardError.all }
    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for its end. The exit code; negative for a signal.
    func exitCode(within seconds: Double = 20) async throws -> Int32 {
        try await eventually("chorus ends; it said \(output)\(errors)", within: seconds) {
            self.status.withLock { $0 } != nil
        }
        return status.withLock { $0 } ?? 0
    }

    /// Waits for its end, and for all that it said.
    func end(within seconds: Double = 60) async throws -> Ending {
        let code = try await exitCode(within: seconds)
        try await eventually("it has said everything") { self.standardOutput.isWhole && self.standardError.isWhole }
        return Ending(code: code, output: output, errors: errors)
    }

    /// Waits until it says where it listens: `127.0.0.1:8000`, or the path of a socket.
    func address() async throws -> String {
        let start = "chorus is listening on "
        try await eventually("chorus listens", within: 30) {
            guard self.isRunning else { throw TestFailure("chorus ended: \(self.output)\(self.errors)") }
            return self.output.contains(start) && self.output.last == "\n"
        }
        let line = output.split(separator: "\n").first { $0.hasPrefix(start) } ?? ""
        return String(line.dropFirst(start.count))
    }

    /// Waits until it says where it listens, and returns the port.
    func port() async throws -> Int {
        let address = try await address()
        guard let port = address.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw TestFailure("no port in \(address)")
        }
        return port
    }
}

/// How a command has ended, and all that it said.
struct Ending: Sendable {
    let code: Int32
    let output: String
    let errors: String

    /// What stood on standard output, line by line.
    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
}

/// Runs `chorus` to its end.
func runChorus(
    _ arguments: String...,
    input: ChorusProcess.Input = .none,
    shell: String? = nil,
    within seconds: Double = 60
) async throws -> Ending {
    try await ChorusProcess(arguments, shell: shell, input: input).end(within: seconds)
}

/// Starts `chorus serve` on a free port.
func serve(_ arguments: String..., shell: String? = nil) throws -> ChorusProcess {
    try ChorusProcess(["serve", "--port", "0"] + arguments, shell: shell)
}
