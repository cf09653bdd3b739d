import ChorusTesting
import Foundation
import Synchronization

/// The built `chorus`, started as a process.
final class ChorusProcess: Sendable {
    private let process = Process()
    private let standardOutput = Text()
    private let standardError = Text()
    private let status = Mutex<Int32?>(nil)

    /// What a stream has said so far.
    private final class Text: Sendable {
        let pipe = Pipe()
        private let text = Mutex("")

        var all: String { text.withLock { $0 } }

        func follow() {
            pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
                let data = handle.availableData
                if data.isEmpty { handle.readabilityHandler = nil }
                self?.text.withLock { $0 += String(decoding: data, as: UTF8.self) }
            }
        }
    }

    /// Starts it. The process is killed when the object goes.
    ///
    /// - Parameter shell: what a shell does with the command, which it has as `"$0" "$@"`.
    init(_ arguments: [String], shell: String? = nil) throws {
        let executable = try ChorusProcess.executable
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", shell, executable] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: executable)
            process.arguments = arguments
        }
        process.standardInput = FileHandle.nullDevice
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

/// Starts `chorus serve` on a free port.
func serve(_ arguments: String..., shell: String? = nil) throws -> ChorusProcess {
    try ChorusProcess(["serve", "--port", "0"] + arguments, shell: shell)
}
