package settings

// commonKeys are those of every target definition (TG-1).
var commonKeys = []key{
	{name: "id", value: "${1:my-target}", required: true, does: sentence{"By this name the target is known everywhere: no two targets have the same.", "Le nom par lequel la cible est connue partout : deux cibles n'ont jamais le même."}},
	{name: "handler", value: "${1:docker}", required: true, does: sentence{"Who makes the machines.", "Qui fournit les machines."}},
	{name: "name", value: "${1:My machines}", does: sentence{"What people read.", "Ce que lisent les personnes."}},
	{name: "description", value: "${1:What it is for}", does: sentence{"What the target is for, in a few words.", "À quoi sert la cible, en quelques mots."}},
}

var yesNo = []string{"true", "false"}

// handlerTexts are what each handler does (targets.md 7 to 14, 19).
var handlerTexts = map[string]sentence{
	"docker":         {"Machines are containers of a Docker engine.", "Les machines sont des conteneurs d'un moteur Docker."},
	"embedded":       {"Machines exist already: the agent is reached over SSH, or started by hand.", "Les machines existent déjà : l'agent est joint par SSH, ou démarré à la main."},
	"in-memory":      {"Agents live in the manager's process: for trials.", "Les agents vivent dans le processus du gestionnaire : pour des essais."},
	"iaas-ec2":       {"Machines of Amazon EC2.", "Des machines d'Amazon EC2."},
	"iaas-openstack": {"Machines of an OpenStack cloud.", "Des machines d'un nuage OpenStack."},
	"iaas-azure":     {"Machines of Microsoft Azure, by its Resource Manager.", "Des machines de Microsoft Azure, par son Resource Manager."},
	"iaas-vmware":    {"Machines of VMware vSphere, cloned from a template.", "Des machines de VMware vSphere, clonées d'un modèle."},
	"swarm":          {"Machines are services of a Docker Swarm.", "Les machines sont des services d'un Docker Swarm."},
	"kubernetes":     {"Machines are pods of a Kubernetes cluster.", "Les machines sont des pods d'une grappe Kubernetes."},
	"jclouds":        {"Refused: it gives machines no user data, so that no agent could start. Use the handler of the cloud itself.", "Refusé : il ne transmet rien aux machines, aucun agent ne pourrait démarrer. Utilisez le gestionnaire du nuage lui-même."},
	"iaas-occi":      {"Refused: it was an experiment, and hides errors. Use the handler of the cloud itself.", "Refusé : c'était une expérience, et il cache les erreurs. Utilisez le gestionnaire du nuage lui-même."},
}

// offered are the handlers that a definition may well name, the handiest first.
var offered = []string{"docker", "embedded", "in-memory", "iaas-ec2", "iaas-openstack", "iaas-azure", "iaas-vmware", "swarm", "kubernetes"}

var (
	userText     = sentence{"The account.", "Le compte."}
	passwordText = sentence{"The password of the account.", "Le mot de passe du compte."}
	volumesText  = sentence{"Names of volumes, separated by commas; each has keys of its own that end with its name.", "Des noms de volumes, séparés par des virgules ; chacun a ses propres clés, qui se terminent par son nom."}
	keepText     = sentence{"Whether the volume is deleted with the machine.", "Si le volume est supprimé avec la machine."}
	mountText    = sentence{"The device that the volume becomes.", "Le périphérique que devient le volume."}
	typeText     = sentence{"The kind of storage.", "Le type de stockage."}
	sizeText     = sentence{"The size of the volume, in GB.", "La taille du volume, en Go."}
)

// handlerKeys are the keys that each handler understands (targets.md 7 to 13, 18). One that ends with a dot is continued by the name of
// a volume, of a host, of an option.
var handlerKeys = map[string][]key{
	"docker": {
		{name: "docker.endpoint", value: "${1:unix:///var/run/docker.sock}", fallback: "tcp://localhost:4243", does: sentence{"The address of the engine: `tcp://` or `unix://`.", "L'adresse du moteur : `tcp://` ou `unix://`."}},
		{name: "docker.image", value: "${1:debian:bookworm-slim}", does: sentence{"The image of the containers: its id or its tag.", "L'image des conteneurs : son identifiant ou son étiquette."}},
		{name: "docker.network", value: "${1:lab}", does: sentence{"The network that the containers join.", "Le réseau que rejoignent les conteneurs."}},
		{name: "docker.user", value: "${1:user}", does: sentence{"The account at the registry of images.", "Le compte auprès du registre d'images."}},
		{name: "docker.password", value: "\\${secret:${1:registry}\\}", secret: true, does: passwordText},
		{name: "docker.email", value: "${1:ops@example.org}", does: sentence{"The address of the account at the registry.", "L'adresse du compte auprès du registre."}},
		{name: "docker.version", value: "${1:1.41}", does: sentence{"The version of the engine's interface.", "La version de l'interface du moteur."}},
		{name: "docker.generate.image.from", value: "${1:image}", does: sentence{"A folder with a Dockerfile, from which the image is built when it is missing.", "Un dossier avec un Dockerfile, d'où l'image est construite si elle manque."}},
		{name: "docker.option.run.", value: "${1:true}", does: sentence{"An option of the container's creation: `docker.option.run.cap-add = SYS_ADMIN`.", "Une option de création du conteneur : `docker.option.run.cap-add = SYS_ADMIN`."}},
		{name: "docker.option.env.", value: "${1:value}", does: sentence{"A variable of the container's environment: `docker.option.env.NAME = value`.", "Une variable d'environnement du conteneur : `docker.option.env.NOM = valeur`."}},
	},
	"embedded": {
		{name: "embedded.ip", value: "${1:192.168.1.10, 192.168.1.11}", does: sentence{"The hosts, separated by commas: each serves one machine. Without them agents are started by hand.", "Les hôtes, séparés par des virgules : chacun sert à une machine. Sans eux, les agents sont démarrés à la main."}},
		{name: "embedded.install", value: "${1:true}", fallback: "false", values: yesNo, does: sentence{"Whether the agent is copied to the hosts and started there.", "Si l'agent est copié sur les hôtes et y est démarré."}},
		{name: "scp.user", value: "${1:ubuntu}", fallback: "ubuntu", does: sentence{"The account on the hosts.", "Le compte sur les hôtes."}},
		{name: "scp.keyfile", value: "${1:~/.ssh/id_ed25519}", does: sentence{"The private key of the account.", "La clé privée du compte."}},
		{name: "scp.known.hosts.file", value: "${1:~/.ssh/known_hosts}", does: sentence{"The hosts that are trusted.", "Les hôtes de confiance."}},
		{name: "scp.disable.host.validation", value: "${1:false}", fallback: "false", values: yesNo, does: sentence{"Accepts any host, be it an impostor.", "Accepte n'importe quel hôte, fût-il un imposteur."}},
		{name: "scp.agent.configdir", value: "${1:/etc/roboconf-agent}", fallback: "/etc/roboconf-agent", does: sentence{"Where the configuration of the agent lives; the account must be able to write there.", "Où se trouve la configuration de l'agent ; le compte doit pouvoir y écrire."}},
		{name: "hostkey.", value: "${1:00:11:22:33}", does: sentence{"The fingerprint that a host must have: `hostkey.HOST = …`.", "L'empreinte que doit avoir un hôte : `hostkey.HÔTE = …`."}},
	},
	"in-memory": {
		{name: "in-memory.delay", value: "${1:0}", fallback: "0", does: sentence{"Milliseconds before the agent appears.", "Le nombre de millisecondes avant que l'agent apparaisse."}},
		{name: "in-memory.execute-real-recipes", value: "${1:false}", fallback: "false", values: yesNo, does: sentence{"Whether recipes really run; otherwise they are pretended.", "Si les recettes sont vraiment exécutées ; sinon, elles sont simulées."}},
		{name: "in-memory.ip-address-of-the-agent", value: "${1:localhost}", fallback: "localhost", does: sentence{"The address that the agent announces.", "L'adresse annoncée par l'agent."}},
		{name: "in-memory.write-user-data", value: "${1:false}", fallback: "false", values: yesNo, does: sentence{"Whether the agent learns who it is through a file.", "Si l'agent apprend qui il est par un fichier."}},
	},
	"iaas-ec2": {
		{name: "ec2.endpoint", value: "${1:ec2.eu-west-1.amazonaws.com}", required: true, does: sentence{"The address of the region's service.", "L'adresse du service de la région."}},
		{name: "ec2.access.key", value: "\\${secret:${2:ec2-access}\\}", required: true, secret: true, does: sentence{"The identity of the account.", "L'identité du compte."}},
		{name: "ec2.secret.key", value: "\\${secret:${2:ec2-secret}\\}", required: true, secret: true, does: sentence{"The secret of the account.", "Le secret du compte."}},
		{name: "ec2.ami", value: "${1:ami-0123456789abcdef0}", required: true, does: sentence{"The image of the machines.", "L'image des machines."}},
		{name: "ec2.instance.type", value: "${1:t3.small}", required: true, does: sentence{"The size of the machines.", "La taille des machines."}},
		{name: "ec2.ssh.key", value: "${1:my-key}", required: true, does: sentence{"The name of the key pair.", "Le nom de la paire de clés."}},
		{name: "ec2.security.group", value: "${1:default}", required: true, does: sentence{"The name of the security group.", "Le nom du groupe de sécurité."}},
		{name: "ec2.region", value: "${1:eu-west-1}", does: sentence{"The region.", "La région."}},
		{name: "ec2.subnet", value: "${1:subnet-0123}", does: sentence{"The subnet.", "Le sous-réseau."}},
		{name: "ec2.security.group.id", value: "${1:sg-0123}", does: sentence{"The id of the security group, in place of its name.", "L'identifiant du groupe de sécurité, au lieu de son nom."}},
		{name: "ec2.instance.profile", value: "${1:profile}", does: sentence{"The profile that the machines have.", "Le profil des machines."}},
		{name: "ec2.profile", value: "${1:default}", does: sentence{"A profile of the provider's own configuration, in place of keys.", "Un profil de la configuration du fournisseur, au lieu de clés."}},
		{name: "ec2.elastic.ip", value: "${1:198.51.100.1}", does: sentence{"A public address; usually given to one instance as `data.ec2.elastic.ip`.", "Une adresse publique ; donnée le plus souvent à une instance par `data.ec2.elastic.ip`."}},
		{name: "ec2.availability-zone", legacy: "ec2.availability.zone", value: "${1:eu-west-1a}", does: sentence{"The zone.", "La zone."}},
		{name: "ec2.use-block-storage", value: "${1:data}", does: volumesText},
		{name: "ec2.ebs-snapshot-id.", value: "${1:roboconf-%APP%-%NAME%}", fallback: "roboconf-%APP%-%NAME%", does: sentence{"The volume: its id, its name, or a snapshot to start from.", "Le volume : son identifiant, son nom, ou un instantané de départ."}},
		{name: "ec2.ebs-size.", value: "${1:2}", fallback: "2", does: sizeText},
		{name: "ec2.ebs-type.", value: "${1:gp2}", fallback: "standard", values: []string{"standard", "io1", "gp2"}, does: typeText},
		{name: "ec2.ebs-mount-point.", value: "${1:/dev/sdf}", fallback: "/dev/sdf", does: mountText},
		{name: "ec2.ebs-delete-on-termination.", value: "${1:false}", fallback: "false", values: yesNo, does: keepText},
	},
	"iaas-openstack": {
		{name: "openstack.keystone-url", value: "${1:https://cloud.example.org:5000/v3}", required: true, does: sentence{"The address of the identity service.", "L'adresse du service d'identité."}},
		{name: "openstack.tenant-name", value: "${1:project}", required: true, does: sentence{"The project.", "Le projet."}},
		{name: "openstack.user", value: "${1:user}", required: true, does: userText},
		{name: "openstack.password", value: "\\${secret:${2:openstack}\\}", required: true, secret: true, does: passwordText},
		{name: "openstack.image-name", value: "${1:debian-12}", required: true, does: sentence{"The image of the machines, by its name.", "L'image des machines, par son nom."}},
		{name: "openstack.flavor-name", value: "${1:small}", required: true, does: sentence{"The size of the machines, by its name.", "La taille des machines, par son nom."}},
		{name: "openstack.security-group", value: "${1:default}", required: true, does: sentence{"The security group.", "Le groupe de sécurité."}},
		{name: "openstack.key-pair", value: "${1:my-key}", required: true, does: sentence{"The key pair.", "La paire de clés."}},
		{name: "openstack.network-id", value: "${1:network}", does: sentence{"The network that the machines join.", "Le réseau que rejoignent les machines."}},
		{name: "openstack.floating-ip-pool", value: "${1:public}", does: sentence{"The pool from which each machine gets a public address.", "La réserve d'où chaque machine reçoit une adresse publique."}},
		{name: "openstack.floating-ip-allocate", value: "${1:true}", fallback: "false", values: yesNo, does: sentence{"Whether an address is allocated where none is free.", "Si une adresse est réservée quand aucune n'est libre."}},
		{name: "openstack.region-name", value: "${1:RegionOne}", does: sentence{"The region; without it the first one.", "La région ; à défaut, la première."}},
		{name: "openstack.domain", value: "${1:Default}", does: sentence{"The domain of the account.", "Le domaine du compte."}},
		{name: "openstack.cloud", value: "${1:cloud}", does: sentence{"A cloud of `clouds.yaml`, in place of an account.", "Un nuage de `clouds.yaml`, au lieu d'un compte."}},
		{name: "openstack.obj-storage", value: "${1:container}", does: sentence{"Containers of objects, made where they are missing.", "Des conteneurs d'objets, créés s'ils manquent."}},
		{name: "openstack.use-block-storage", value: "${1:data}", does: volumesText},
		{name: "openstack.volume-name.", value: "${1:roboconf-%APP%-%NAME%}", fallback: "roboconf-%APP%-%NAME%", does: sentence{"The name of the volume, by which it is found again.", "Le nom du volume, par lequel il est retrouvé."}},
		{name: "openstack.volume-size.", value: "${1:5}", fallback: "5", does: sizeText},
		{name: "openstack.volume-type.", value: "${1:ssd}", does: typeText},
		{name: "openstack.volume-mount-point.", value: "${1:/dev/vdb}", fallback: "/dev/vdb", does: mountText},
		{name: "openstack.delete-volume-on-termination.", value: "${1:false}", fallback: "false", values: yesNo, does: keepText},
	},
	"iaas-azure": {
		{name: "azure.subscription.id", value: "${1:00000000-0000-0000-0000-000000000000}", required: true, does: sentence{"The subscription.", "L'abonnement."}},
		{name: "azure.location", value: "${1:westeurope}", required: true, does: sentence{"Where the machines stand.", "Où se trouvent les machines."}},
		{name: "azure.vm.size", value: "${1:Standard_B1s}", required: true, does: sentence{"The size of the machines.", "La taille des machines."}},
		{name: "azure.vm.template", value: "${1:debian:debian-12:12:latest}", required: true, does: sentence{"The image: its id, or `publisher:offer:sku:version`.", "L'image : son identifiant, ou `éditeur:offre:sku:version`."}},
		{name: "azure.tenant.id", value: "${1:tenant}", does: sentence{"The directory of the account.", "L'annuaire du compte."}},
		{name: "azure.client.id", value: "${1:client}", does: userText},
		{name: "azure.client.secret", value: "\\${secret:${2:azure}\\}", secret: true, does: passwordText},
		{name: "azure.credentials", value: "${1:cli}", values: []string{"cli", "managed"}, does: sentence{"Where the account comes from, in place of a secret.", "D'où vient le compte, au lieu d'un secret."}},
		{name: "azure.resource.group", value: "${1:rbc-app}", fallback: "rbc-<app>", does: sentence{"The group that holds all that is made.", "Le groupe qui contient tout ce qui est créé."}},
		{name: "azure.network", value: "${1:network}", does: sentence{"The network.", "Le réseau."}},
		{name: "azure.subnet", value: "${1:subnet}", does: sentence{"The subnet.", "Le sous-réseau."}},
		{name: "azure.security.group", value: "${1:group}", does: sentence{"The security group.", "Le groupe de sécurité."}},
		{name: "azure.public.ip", value: "${1:true}", values: yesNo, does: sentence{"Whether the machines get a public address.", "Si les machines reçoivent une adresse publique."}},
		{name: "azure.admin.user", value: "${1:admin}", does: sentence{"The account on the machines.", "Le compte sur les machines."}},
		{name: "azure.ssh.public.key", value: "${1:ssh-ed25519 …}", does: sentence{"The public key of that account.", "La clé publique de ce compte."}},
		{name: "azure.use-block-storage", value: "${1:data}", does: volumesText},
	},
	"iaas-vmware": {
		{name: "vmware.url", value: "${1:https://vcenter.example.org/sdk}", required: true, does: sentence{"The address of the service.", "L'adresse du service."}},
		{name: "vmware.user", value: "${1:user}", required: true, does: userText},
		{name: "vmware.password", value: "\\${secret:${2:vmware}\\}", required: true, secret: true, does: passwordText},
		{name: "vmware.datacenter", value: "${1:default}", required: true, does: sentence{"The data center: its folder of machines receives the clones.", "Le centre de données : son dossier de machines reçoit les clones."}},
		{name: "vmware.cluster", value: "${1:cluster}", required: true, does: sentence{"What runs the machines.", "Ce qui fait fonctionner les machines."}},
		{name: "vmware.template", value: "${1:debian-12}", required: true, does: sentence{"What is cloned; it needs guest tools.", "Ce qui est cloné ; il lui faut les outils invités."}},
		{name: "vmware.vmuser", value: "${1:root}", required: true, does: sentence{"The account inside the machines.", "Le compte à l'intérieur des machines."}},
		{name: "vmware.vmpassword", value: "\\${secret:${2:vmware-guest}\\}", required: true, secret: true, does: passwordText},
		{name: "vmware.ignorecert", value: "${1:false}", fallback: "false", values: yesNo, does: sentence{"Accepts any certificate, be it an impostor's.", "Accepte n'importe quel certificat, fût-il celui d'un imposteur."}},
	},
	"swarm":      {{name: "engine.constraint", value: "${1:node.labels.disk == ssd}", does: sentence{"On which nodes machines may stand.", "Sur quels nœuds peuvent se trouver les machines."}}},
	"kubernetes": {{name: "engine.constraint", value: "${1:disk=ssd}", does: sentence{"On which nodes machines may stand.", "Sur quels nœuds peuvent se trouver les machines."}}},
}

// laterKeys are those that every handler of ours understands beside its own (TG-113, TG-165).
var laterKeys = []key{
	{name: "userdata.format", value: "${1:cloud-config}", values: []string{"cloud-config", "properties", "multipart"}, does: sentence{"The form in which a machine is told who it is.", "La forme sous laquelle une machine apprend qui elle est."}},
	{name: "userdata.extra", value: "${1:extra.yaml}", does: sentence{"A file of yours that is handed over as well.", "Un fichier à vous, transmis lui aussi."}},
	{name: "agent.install", value: "${1:image}", values: []string{"image", "download", "ssh"}, does: sentence{"How the agent comes to the machine.", "Comment l'agent arrive sur la machine."}},
}
