import ChorusCore
import Testing

@Suite("Few")
struct FewTests {
    @Test("it does what an array does", arguments: 1...20)
    func array(_ seed: UInt64) {
        var random = SplitMix(seed: seed)
        var few = Few<Int>()
        var array: [Int] = []
        for step in 0..<300 {
            switch random.int(0...9) {
            case 0...4:
                few.append(step)
                array.append(step)
            case 5 where !array.isEmpty:
                few.removeLast()
                array.removeLast()
            case 6...7 where !array.isEmpty:
                let index = random.int(0...array.count - 1)
                let (removed, expected) = (few.remove(at: index), array.remove(at: index))
                #expect(removed == expected)
            case 8 where !array.isEmpty:
                let index = random.int(0...array.count - 1)
                few[index] = step
                array[index] = step
            case 9 where random.chance(10):
                few.removeAll()
                array.removeAll()
            default: break
            }
            #expect(few.elementsEqual(array))
            #expect(few.withElements { Array($0) } == array)
        }
    }
}
