/**
 * Words of the public names. Each was read beside each other kind: no word that judges a body, an origin or a mind, none that is
 * slang, and no animal that is used as an insult. A change renames viewers of running events, so words are only added between them.
 */
const words = (text: string): readonly string[] => Object.freeze(text.trim().split(/\s+/));

export const ADJECTIVES = words(`
Able Agile Amber Ancient Arctic Artful Autumn Azure Balmy Blazing Blissful Blithe Bold Bonny Brave Breezy Bright Brisk
Bubbly Busy Calm Candid Careful Caring Cheerful Chipper Clever Coastal Cobalt Comic Copper Coral Cosmic Cozy Crafty Crimson
Crystal Curious Dandy Dapper Daring Dashing Dazzling Eager Earnest Electric Elegant Emerald Epic Fabled Faithful Famous Fancy
Fearless Festive Fleet Fluent Frosty Gallant Generous Gentle Gilded Glad Gleaming Golden Graceful Grand Happy Hearty Heroic
Honest Humble Indigo Jaunty Jolly Jovial Joyful Keen Kind Lively Loyal Lucky Lunar Lyric Magic Maple Mellow Merry Mighty
Mindful Misty Modest Musical Neat Nimble Noble Patient Peppy Playful Polite Proud Quick Quiet Radiant Regal Ruby Rustic
Scarlet Serene Shining Silver Smooth Snappy Solar Sparkling Speedy Splendid Spry Starry Steady Stellar Sunny Swift Teal
Tidy Tranquil Trusty Upbeat Velvet Vivid Warm Wise Witty
`);

export const ANIMALS = words(`
Albatross Alpaca Antelope Armadillo Avocet Axolotl Badger Bee Bison Bluebird Bobcat Bongo Butterfly Capybara Caracal
Cardinal Caribou Chameleon Cheetah Chickadee Chinchilla Chipmunk Clownfish Condor Corgi Cormorant Crane Cricket
Curlew Cygnet Deer Dolphin Dormouse Dove Dragonfly Duckling Dugong Eagle Egret Eland Elk Ermine Falcon Fawn Fennec
Ferret Finch Firefly Flamingo Fox Gannet Gazelle Gecko Giraffe Gosling Grouse Hamster Hare Hawk Hedgehog Heron Hoopoe
Husky Ibex Ibis Iguana Impala Jackdaw Jaguar Jay Kestrel Kingfisher Kite Kiwi Koala Koi Kudu Ladybird Lark Lemur
Leopard Linnet Lion Llama Loon Lynx Macaw Magpie Mallard Manatee Marmot Marten Meerkat Mongoose Moose Narwhal Newt Nightingale
Ocelot Octopus Okapi Oriole Osprey Otter Owl Panda Panther Parrot Pelican Penguin Pika Platypus Plover Pony Porpoise Puffin
Quail Quokka Rabbit Raven Reindeer Robin Salmon Sandpiper Seahorse Seal Skylark Sparrow Squirrel Starfish Starling
Stork Swan Tapir Tern Tiger Toucan Turtle Vicuna Wallaby Walrus Warbler Wolf Wombat Wren Yak
Zebra
`);
